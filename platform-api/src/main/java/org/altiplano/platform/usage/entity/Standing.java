package org.altiplano.platform.usage.entity;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a caller stands with its rates after a request, of several limits the one with the least left.
 *
 * @param requests if requests per minute are limited
 * @param tokens if tokens per minute are limited
 */
public record Standing(Optional<Rate> requests, Optional<Rate> tokens) {

    /** Nothing is limited. */
    public static final Standing FREE = new Standing(Optional.empty(), Optional.empty());

    /**
     * One rate.
     *
     * @param limit per minute
     * @param remaining what could be used at once
     * @param reset until all of it could be
     */
    public record Rate(long limit, long remaining, Duration reset) {
    }

    public Standing and(Standing other) {
        return new Standing(least(requests, other.requests), least(tokens, other.tokens));
    }

    /** OpenAI's headers. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        requests.ifPresent(rate -> tell(headers, "requests", rate));
        tokens.ifPresent(rate -> tell(headers, "tokens", rate));
        return headers;
    }

    private static void tell(Map<String, String> headers, String what, Rate rate) {
        headers.put("x-ratelimit-limit-" + what, Long.toString(rate.limit()));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(rate.remaining()));
        headers.put("x-ratelimit-reset-" + what, rate.reset().toMillis() < 1_000
                ? rate.reset().toMillis() + "ms" : (rate.reset().toMillis() + 999) / 1_000 + "s");
    }

    private static Optional<Rate> least(Optional<Rate> one, Optional<Rate> other) {
        return one.isEmpty() || other.isPresent() && other.get().remaining() < one.get().remaining() ? other : one;
    }
}
