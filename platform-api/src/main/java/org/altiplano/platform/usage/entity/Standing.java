package org.altiplano.platform.usage.entity;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** How a caller stands with its rates after a request, of several limits the one with the least left; what is not limited is absent. */
public record Standing(Map<Bucket, Rate> rates) {

    /** Nothing is limited. */
    public static final Standing FREE = new Standing(Map.of());

    /**
     * One rate.
     *
     * @param limit per minute
     * @param remaining what could be used at once
     * @param reset until all of it could be
     */
    public record Rate(long limit, long remaining, Duration reset) {
    }

    public Standing {
        Map<Bucket, Rate> copy = new EnumMap<>(Bucket.class);
        copy.putAll(rates);
        rates = Collections.unmodifiableMap(copy);
    }

    public Standing and(Standing other) {
        Map<Bucket, Rate> least = new EnumMap<>(Bucket.class);
        least.putAll(rates);
        other.rates.forEach((bucket, rate) -> least.merge(bucket, rate, BinaryOperator.minBy((one, two) -> Long.compare(one.remaining(), two.remaining()))));
        return new Standing(least);
    }

    public Optional<Rate> of(Bucket bucket) {
        return Optional.ofNullable(rates.get(bucket));
    }

    /** OpenAI's headers, and others like them for what it has no name for. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        rates.forEach((bucket, rate) -> {
            headers.put("x-ratelimit-limit-" + bucket.header(), Long.toString(rate.limit()));
            headers.put("x-ratelimit-remaining-" + bucket.header(), Long.toString(rate.remaining()));
            headers.put("x-ratelimit-reset-" + bucket.header(), rate.reset().toMillis() < 1_000
                    ? rate.reset().toMillis() + "ms" : (rate.reset().toMillis() + 999) / 1_000 + "s");
        });
        return headers;
    }
}
