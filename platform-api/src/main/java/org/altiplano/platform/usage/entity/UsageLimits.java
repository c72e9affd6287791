package org.altiplano.platform.usage.entity;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a usage policy allows; what is not limited is absent. */
public record UsageLimits(Map<Limit, Long> values) {

    /** No limit at all. */
    public static final UsageLimits NONE = new UsageLimits(Map.of());

    public UsageLimits {
        Map<Limit, Long> copy = new EnumMap<>(Limit.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /** The same with one limit more, or another. */
    public UsageLimits with(Limit limit, long value) {
        Map<Limit, Long> changed = new EnumMap<>(Limit.class);
        changed.putAll(values);
        changed.put(limit, value);
        return new UsageLimits(changed);
    }

    public OptionalLong of(Limit limit) {
        Long value = values.get(limit);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    public OptionalLong tokens(Period period) {
        return of(period == Period.DAY ? Limit.TOKENS_PER_DAY : Limit.TOKENS_PER_MONTH);
    }

    public OptionalLong money(Period period) {
        return of(period == Period.DAY ? Limit.MONEY_PER_DAY : Limit.MONEY_PER_MONTH);
    }

    /** Whether there is a budget for a period. */
    public boolean budgets(Period period) {
        return tokens(period).isPresent() || money(period).isPresent();
    }

    /** Those for which there is a budget. */
    public List<Period> periods() {
        return Arrays.stream(Period.values()).filter(this::budgets).toList();
    }

    /** Whether anything is limited per minute. */
    public boolean rated() {
        return Arrays.stream(Bucket.values()).anyMatch(bucket -> values.containsKey(bucket.limit()));
    }

    /** Whether rates or generations at once are limited. */
    public boolean metered() {
        return rated() || values.containsKey(Limit.CONCURRENT_GENERATIONS);
    }

    /** Whether a request's tokens must be known before it may begin. */
    public boolean countsTokens() {
        return values.keySet().stream().anyMatch(limit -> limit != Limit.REQUESTS_PER_MINUTE && limit != Limit.CONCURRENT_GENERATIONS);
    }
}
