package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Bucket;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Owns one policy's rates and its generations at once, as its row of {@code usage_meter} has them while a transaction holds it, on
 * that one's thread: buckets that fill by their limit per minute and hold a minute's worth.
 */
final class Meter {

    /** A bucket's unit is 1/60000, so that it fills by its limit per millisecond, in whole numbers. */
    static final long UNITS = 60_000;
    /** Stands for no limit; small enough that no sum overflows. */
    static final long ANY_RATE = 1_000_000_000_000L;

    private static final long MINUTE = 60_000;
    private static final long ANY_NUMBER = Long.MAX_VALUE / 2;

    private final String policyId;
    private final Map<Bucket, Long> levels;
    private long running;
    private long filledAt;

    /** @param levels in units, as of {@code filledAt}, in milliseconds */
    Meter(String policyId, long running, Map<Bucket, Long> levels, long filledAt) {
        this.policyId = policyId;
        this.running = running;
        this.levels = new EnumMap<>(levels);
        this.filledAt = filledAt;
    }

    String policyId() {
        return policyId;
    }

    /** Generations under way. */
    long running() {
        return running;
    }

    long level(Bucket bucket) {
        return levels.get(bucket);
    }

    long filledAt() {
        return filledAt;
    }

    /** @throws ProblemException 429 if there is no room for an order */
    void check(UsagePolicy policy, Order order) {
        Map<Bucket, Long> filled = filled(policy, order.submitted());
        Map<Bucket, Long> amounts = amounts(order);
        boolean flows = amounts.entrySet().stream().allMatch(amount -> filled.get(amount.getKey()) >= amount.getValue() * UNITS);
        if (!flows || running + order.generations().size() > most(policy)) {
            throw refusal(policy, filled, order.generations().size(), amounts);
        }
    }

    /** Takes what was checked. */
    Standing take(UsagePolicy policy, Order order) {
        levels.putAll(filled(policy, order.submitted()));
        amounts(order).forEach((bucket, amount) -> levels.merge(bucket, -amount * UNITS, Long::sum));
        filledAt = Math.max(filledAt, order.submitted().toEpochMilli());
        running += order.generations().size();
        return standing(policy, levels);
    }

    /**
     * Counts a generation as ended and, if it was rated, gives back what it held of the rates and did not use. Above its limit a bucket is
     * cut when it is next taken from.
     */
    void settle(Settlements.Settled one, boolean rated) {
        running--;
        if (rated) {
            long in = one.inHeld() - one.ended().tokensIn();
            long out = one.outHeld() - one.ended().tokensOut();
            Map.of(Bucket.TOKENS, in + out, Bucket.INPUT_TOKENS, in, Bucket.OUTPUT_TOKENS, out).forEach((bucket, unused) ->
                    levels.merge(bucket, unused * UNITS, (level, more) -> Math.min(level + more, ANY_RATE * UNITS)));
        }
    }

    Standing standing(UsagePolicy policy, Instant now) {
        return standing(policy, filled(policy, now));
    }

    private static Map<Bucket, Long> amounts(Order order) {
        return new EnumMap<>(Map.of(Bucket.REQUESTS, 1L, Bucket.TOKENS, order.tokens(), Bucket.INPUT_TOKENS, order.tokensIn(),
                Bucket.OUTPUT_TOKENS, order.tokensOut()));
    }

    private Map<Bucket, Long> filled(UsagePolicy policy, Instant now) {
        long elapsed = Math.min(Math.max(now.toEpochMilli() - filledAt, 0), MINUTE);
        Map<Bucket, Long> filled = new EnumMap<>(Bucket.class);
        levels.forEach((bucket, level) -> {
            long cap = cap(policy, bucket);
            filled.put(bucket, Math.min(cap * UNITS, level + elapsed * cap));
        });
        return filled;
    }

    private static Standing standing(UsagePolicy policy, Map<Bucket, Long> units) {
        Map<Bucket, Standing.Rate> rates = new EnumMap<>(Bucket.class);
        units.forEach((bucket, level) -> policy.limits().of(bucket.limit()).ifPresent(limit -> rates.put(bucket,
                new Standing.Rate(limit, Math.max(0, level / UNITS), until(limit, level, limit)))));
        return new Standing(rates);
    }

    private static Duration until(long wanted, long level, long cap) {
        return Duration.ofMillis(Math.max(0, (wanted * UNITS - level + cap - 1) / cap));
    }

    /** Why there is no room: of several rates the one that takes longest to have it, or never has. */
    private static ProblemException refusal(UsagePolicy policy, Map<Bucket, Long> units, int generations, Map<Bucket, Long> amounts) {
        Standing standing = standing(policy, units);
        Optional<Bucket> scarcest = standing.rates().keySet().stream().filter(bucket -> units.get(bucket) < amounts.get(bucket) * UNITS)
                .max(Comparator.comparing((Bucket bucket) -> amounts.get(bucket) > cap(policy, bucket))
                        .thenComparing(bucket -> until(amounts.get(bucket), units.get(bucket), cap(policy, bucket))));
        if (scarcest.isEmpty()) {
            return Refusals.concurrency(policy, most(policy), generations, standing);
        }
        long amount = amounts.get(scarcest.get());
        long cap = cap(policy, scarcest.get());
        return Refusals.rate(policy, scarcest.get(), standing.rates().get(scarcest.get()), amount, amount > cap ? Optional.empty()
                : Optional.of(until(amount, units.get(scarcest.get()), cap)), standing);
    }

    private static long cap(UsagePolicy policy, Bucket bucket) {
        return policy.limits().of(bucket.limit()).orElse(ANY_RATE);
    }

    private static long most(UsagePolicy policy) {
        return policy.limits().of(Limit.CONCURRENT_GENERATIONS).orElse(ANY_NUMBER);
    }
}
