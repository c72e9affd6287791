package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Bucket;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** What is told to a caller that has no room left, in the OpenAI API's words. */
final class Refusals {

    private Refusals() {
    }

    /** @param wait until it fits, absent if it never does */
    static ProblemException rate(UsagePolicy policy, Bucket bucket, Standing.Rate rate, long requested, Optional<Duration> wait,
                                 Standing standing) {
        String message = "Rate limit reached for " + policy.words() + " on " + bucket.header().replace('-', ' ') + " per minute: limit " + rate.limit() + ", remaining "
                + rate.remaining() + ", requested " + requested + ". " + wait.map(time -> "Please try again in " + seconds(time) + " s.")
                .orElse("A request of this size can never be taken: ask for fewer tokens.");
        return new ProblemException(new Problem(429, bucket == Bucket.REQUESTS ? "requests" : "tokens", message, Optional.empty(), Optional.of("rate_limit_exceeded"),
                wait.map(time -> Duration.ofSeconds(seconds(time)))), wait.isPresent() ? standing.headers()
                : with(standing.headers()));
    }

    static ProblemException concurrency(UsagePolicy policy, long limit, int asked, Standing standing) {
        boolean never = asked > limit;
        return new ProblemException(new Problem(429, "requests", "Too many generations are under way for " + policy.words() + ": the limit is "
                + limit + " at once." + (never ? " This request alone has " + asked + " and can never be taken: ask for fewer answers." : ""),
                Optional.empty(), Optional.of("concurrency_limit_exceeded"), never ? Optional.empty() : Optional.of(Duration.ofSeconds(1))),
                never ? with(standing.headers()) : standing.headers());
    }

    /** @param unit {@code tokens} or {@code money} */
    static ProblemException budget(UsagePolicy policy, Period period, String unit, Duration untilNext) {
        String message = "You exceeded your current quota: the budget of " + unit + " per " + period.word() + " of " + policy.words()
                + " has no room for this request's prompt and its longest answer. A new one begins in " + seconds(untilNext) + " s.";
        return new ProblemException(new Problem(429, "insufficient_quota", message, Optional.empty(), Optional.of("insufficient_quota"),
                Optional.of(Duration.ofSeconds(seconds(untilNext)))), with(Map.of()));
    }

    static ProblemException context(UsagePolicy policy, long limit, long asked, String promptParameter) {
        return new ProblemException(new Problem(400, "invalid_request_error", "The usage policy of " + policy.words() + " allows " + limit
                + " tokens of prompt and answer together, but " + asked + " are asked for.", Optional.of(promptParameter),
                Optional.of("context_length_exceeded"), Optional.empty()));
    }

    /** OpenAI's clients repeat a 429 by themselves unless told that it is of no use. */
    private static Map<String, String> with(Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("x-should-retry", "false");
        return all;
    }

    private static long seconds(Duration time) {
        return Math.max(1, (time.toMillis() + 999) / 1_000);
    }
}
