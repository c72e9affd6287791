package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * One policy's rates and its limit of generations at once, as SQL on its row of {@code usage_meter}: two buckets that
 * fill by their limit per minute and hold a minute's worth. One conditional update takes from both or from neither, so
 * that the limits hold exactly whichever gateways share the row.
 */
final class Meter {

    /** A bucket's unit is 1/60000, so that it fills by its limit per millisecond, in whole numbers. */
    private static final long UNITS = 60_000;
    private static final long MINUTE = 60_000;
    /** Stand for no limit; small enough that no sum overflows. */
    private static final long ANY_RATE = 1_000_000_000_000L;

    private static final String LEVEL = "least(cast(? as bigint) * 60000, %1$s + least(greatest(cast(? as bigint) - filled_at, 0), 60000) * ?)";
    private static final String TAKE = "update usage_meter set running = running + ?, requests = " + LEVEL.formatted("requests")
            + " - ?, tokens = " + LEVEL.formatted("tokens") + " - ?, filled_at = greatest(filled_at, ?)"
            + " where policy_id = ? and running + ? <= ? and " + LEVEL.formatted("requests") + " >= ? and " + LEVEL.formatted("tokens") + " >= ?";
    private static final String READ = "select running, requests, tokens, filled_at from usage_meter where policy_id = ?";

    private record State(long running, long requests, long tokens) {
    }

    private final UsagePolicy policy;
    private final long requestCap;
    private final long tokenCap;

    Meter(UsagePolicy policy) {
        this.policy = policy;
        this.requestCap = policy.limits().requestsPerMinute().orElse(ANY_RATE);
        this.tokenCap = policy.limits().tokensPerMinute().orElse(ANY_RATE);
    }

    /** Makes a new policy's row, its buckets full. */
    static void create(Connection connection, String policyId) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into usage_meter (policy_id, running, requests, tokens, filled_at) values (?, 0, ?, ?, 0)")) {
            insert.setString(1, policyId);
            insert.setLong(2, ANY_RATE * UNITS);
            insert.setLong(3, ANY_RATE * UNITS);
            insert.executeUpdate();
        }
    }

    /** @throws ProblemException 429 if there is no room */
    Standing take(Connection connection, int generations, long tokens, Instant now) throws SQLException {
        long millis = now.toEpochMilli();
        long most = policy.limits().concurrentGenerations().orElse(Long.MAX_VALUE / 2);
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            Parameters.set(take, generations, requestCap, millis, requestCap, UNITS, tokenCap, millis, tokenCap, tokens * UNITS, millis,
                    policy.id(), generations, most, requestCap, millis, requestCap, UNITS, tokenCap, millis, tokenCap, tokens * UNITS);
            boolean taken = take.executeUpdate() == 1;
            if (taken && policy.limits().requestsPerMinute().isEmpty() && policy.limits().tokensPerMinute().isEmpty()) {
                return Standing.FREE;
            }
            Optional<State> state = read(connection, millis);
            if (!taken && state.isPresent()) {
                throw refusal(state.get(), tokens, most);
            }
            // A policy that was deleted a moment ago limits nothing any more.
            return state.map(this::standing).orElse(Standing.FREE);
        }
    }

    /** Gives back what ended generations held and did not use. */
    static void give(Connection connection, String policyId, long generations, long tokens) throws SQLException {
        // Above its limit a bucket is cut when it is next taken from.
        try (PreparedStatement give = connection.prepareStatement(
                "update usage_meter set running = running - ?, tokens = least(tokens + ?, ?) where policy_id = ?")) {
            Parameters.set(give, generations, tokens * UNITS, ANY_RATE * UNITS, policyId);
            give.executeUpdate();
        }
    }

    private Optional<State> read(Connection connection, long millis) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            read.setString(1, policy.id());
            try (ResultSet row = read.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long elapsed = Math.min(Math.max(millis - row.getLong(4), 0), MINUTE);
                return Optional.of(new State(row.getLong(1), Math.min(requestCap * UNITS, row.getLong(2) + elapsed * requestCap),
                        Math.min(tokenCap * UNITS, row.getLong(3) + elapsed * tokenCap)));
            }
        }
    }

    /** How the policy stands now, taking nothing. */
    Standing standing(Connection connection, Instant now) throws SQLException {
        return read(connection, now.toEpochMilli()).map(this::standing).orElse(Standing.FREE);
    }

    private Standing standing(State state) {
        return new Standing(rate(policy.limits().requestsPerMinute(), state.requests()), rate(policy.limits().tokensPerMinute(), state.tokens()));
    }

    private static Optional<Standing.Rate> rate(OptionalLong limit, long level) {
        return limit.isEmpty() ? Optional.empty() : Optional.of(new Standing.Rate(limit.getAsLong(), Math.max(0, level / UNITS),
                until(limit.getAsLong(), level, limit.getAsLong())));
    }

    private static Duration until(long wanted, long level, long cap) {
        return Duration.ofMillis(Math.max(0, (wanted * UNITS - level + cap - 1) / cap));
    }

    private ProblemException refusal(State state, long tokens, long most) {
        Standing standing = standing(state);
        if (standing.requests().isPresent() && state.requests() < UNITS) {
            return Refusals.rate(policy, "requests", standing.requests().get(), 1, Optional.of(until(1, state.requests(), requestCap)), standing);
        }
        if (standing.tokens().isPresent() && state.tokens() < tokens * UNITS) {
            return Refusals.rate(policy, "tokens", standing.tokens().get(), tokens, tokens > tokenCap ? Optional.empty()
                    : Optional.of(until(tokens, state.tokens(), tokenCap)), standing);
        }
        return Refusals.concurrency(policy, most, standing);
    }
}
