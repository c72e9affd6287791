package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Bucket;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * One policy's rates and its limit of generations at once, as SQL on its row of {@code usage_meter}: buckets that fill
 * by their limit per minute and hold a minute's worth. One conditional update takes from all or from none, so that the
 * limits hold exactly whichever gateways share the row.
 */
final class Meter {

    /** A bucket's unit is 1/60000, so that it fills by its limit per millisecond, in whole numbers. */
    private static final long UNITS = 60_000;
    private static final long MINUTE = 60_000;
    /** Stand for no limit; small enough that no sum overflows. */
    private static final long ANY_RATE = 1_000_000_000_000L;
    private static final long ANY_NUMBER = Long.MAX_VALUE / 2;

    private static final String LEVEL = "least(cast(? as bigint) * 60000, %1$s + least(greatest(cast(? as bigint) - filled_at, 0), 60000) * ?)";
    private static final String TAKE = "update usage_meter set running = running + ?, "
            + each(", ", bucket -> bucket.column() + " = " + LEVEL.formatted(bucket.column()) + " - ?")
            + ", filled_at = greatest(filled_at, ?) where policy_id = ? and running + ? <= ? and "
            + each(" and ", bucket -> LEVEL.formatted(bucket.column()) + " >= ?");
    private static final String GIVE = "update usage_meter set running = running - ?, tokens = least(tokens + ?, ?),"
            + " tokens_in = least(tokens_in + ?, ?), tokens_out = least(tokens_out + ?, ?) where policy_id = ?";
    private static final String READ = "select * from usage_meter where policy_id = ?";

    /** How a policy stands. */
    record State(long running, Standing standing) {

        static final State FREE = new State(0, Standing.FREE);
    }

    private record Levels(long running, Map<Bucket, Long> units) {
    }

    private final UsagePolicy policy;

    Meter(UsagePolicy policy) {
        this.policy = policy;
    }

    /** Makes a new policy's row, its buckets full. */
    static void create(Connection connection, String policyId) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into usage_meter (policy_id, running, filled_at, "
                + each(", ", Bucket::column) + ") values (?, 0, 0, " + each(", ", bucket -> "?") + ")")) {
            List<Object> values = new ArrayList<>(List.of(policyId));
            Arrays.stream(Bucket.values()).forEach(bucket -> values.add(ANY_RATE * UNITS));
            Parameters.set(insert, values.toArray());
            insert.executeUpdate();
        }
    }

    /** @throws ProblemException 429 if there is no room */
    Standing take(Connection connection, int generations, long tokensIn, long tokensOut, Instant now) throws SQLException {
        Map<Bucket, Long> amounts = new EnumMap<>(Map.of(Bucket.REQUESTS, 1L, Bucket.TOKENS, tokensIn + tokensOut,
                Bucket.INPUT_TOKENS, tokensIn, Bucket.OUTPUT_TOKENS, tokensOut));
        boolean taken = update(connection, generations, amounts, now.toEpochMilli());
        if (taken && !policy.limits().rated()) {
            return Standing.FREE;
        }
        Optional<Levels> levels = read(connection, now);
        if (!taken && levels.isPresent()) {
            throw refusal(levels.get(), generations, amounts);
        }
        // A policy that was deleted a moment ago limits nothing any more.
        return levels.map(this::standing).orElse(Standing.FREE);
    }

    private boolean update(Connection connection, int generations, Map<Bucket, Long> amounts, long millis) throws SQLException {
        List<Object> taking = new ArrayList<>();
        amounts.forEach((bucket, amount) -> taking.addAll(List.of(cap(bucket), millis, cap(bucket), amount * UNITS)));
        List<Object> values = new ArrayList<>(List.of(generations));
        values.addAll(taking);
        values.addAll(List.of(millis, policy.id(), generations, most()));
        values.addAll(taking);
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            Parameters.set(take, values.toArray());
            return take.executeUpdate() == 1;
        }
    }

    /** Gives back what ended generations held and did not use. */
    static void give(Connection connection, String policyId, long generations, long tokensIn, long tokensOut) throws SQLException {
        // Above its limit a bucket is cut when it is next taken from.
        long full = ANY_RATE * UNITS;
        try (PreparedStatement give = connection.prepareStatement(GIVE)) {
            Parameters.set(give, generations, (tokensIn + tokensOut) * UNITS, full, tokensIn * UNITS, full, tokensOut * UNITS, full, policyId);
            give.executeUpdate();
        }
    }

    private Optional<Levels> read(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            read.setString(1, policy.id());
            try (ResultSet row = read.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long elapsed = Math.min(Math.max(now.toEpochMilli() - row.getLong("filled_at"), 0), MINUTE);
                Map<Bucket, Long> units = new EnumMap<>(Bucket.class);
                for (Bucket bucket : Bucket.values()) {
                    units.put(bucket, Math.min(cap(bucket) * UNITS, row.getLong(bucket.column()) + elapsed * cap(bucket)));
                }
                return Optional.of(new Levels(row.getLong("running"), units));
            }
        }
    }

    /** How the policy stands now, taking nothing. */
    State state(Connection connection, Instant now) throws SQLException {
        return read(connection, now).map(levels -> new State(levels.running(), standing(levels))).orElse(State.FREE);
    }

    private Standing standing(Levels levels) {
        Map<Bucket, Standing.Rate> rates = new EnumMap<>(Bucket.class);
        levels.units().forEach((bucket, level) -> policy.limits().of(bucket.limit()).ifPresent(limit -> rates.put(bucket,
                new Standing.Rate(limit, Math.max(0, level / UNITS), until(limit, level, limit)))));
        return new Standing(rates);
    }

    private static Duration until(long wanted, long level, long cap) {
        return Duration.ofMillis(Math.max(0, (wanted * UNITS - level + cap - 1) / cap));
    }

    /** Why there was no room: of several rates the one that takes longest to have it, or never has. */
    private ProblemException refusal(Levels levels, int generations, Map<Bucket, Long> amounts) throws SQLException {
        Standing standing = standing(levels);
        Optional<Bucket> scarcest = standing.rates().keySet().stream().filter(bucket -> levels.units().get(bucket) < amounts.get(bucket) * UNITS)
                .max(Comparator.comparing((Bucket bucket) -> amounts.get(bucket) > cap(bucket))
                        .thenComparing(bucket -> until(amounts.get(bucket), levels.units().get(bucket), cap(bucket))));
        if (scarcest.isPresent()) {
            long amount = amounts.get(scarcest.get());
            long cap = cap(scarcest.get());
            return Refusals.rate(policy, scarcest.get(), standing.rates().get(scarcest.get()), amount, amount > cap ? Optional.empty()
                    : Optional.of(until(amount, levels.units().get(scarcest.get()), cap)), standing);
        }
        if (levels.running() + generations > most()) {
            return Refusals.concurrency(policy, most(), generations, standing);
        }
        throw Database.again("A generation has ended and made room.");
    }

    private long cap(Bucket bucket) {
        return policy.limits().of(bucket.limit()).orElse(ANY_RATE);
    }

    private long most() {
        return policy.limits().of(Limit.CONCURRENT_GENERATIONS).orElse(ANY_NUMBER);
    }

    private static String each(String between, Function<Bucket, String> sql) {
        return Arrays.stream(Bucket.values()).map(sql).collect(Collectors.joining(between));
    }
}
