package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Price;

/**
 * Turns reservations into rows of the ledger, once each: a reservation that is gone has been settled. Owns nothing; any
 * thread, which it blocks.
 */
public final class Settlements {

    private static final String LEDGER = "insert into usage_ledger (generation_id, tenant_id, owner, key_id, model, submitted_at, tokens_in,"
            + " tokens_cached, tokens_out, ttft_ms, duration_ms, finish_reason, money, input_price, cached_price, output_price)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** What was reserved, with how it ended. */
    private record Settled(Ended ended, String tenant, String owner, String key, String model, Instant submitted, Price price) {

        long money() {
            return price.of(ended.tokensIn(), ended.tokensCached(), ended.tokensOut());
        }
    }

    /** What ended generations held of one meter or window, and what they used instead. */
    private record Returned(String policy, String period, Instant start, long generations, long inHeld, long outHeld, long moneyHeld,
                            long inUsed, long outUsed, long moneyUsed) {

        String order() {
            return (period.equals(Reservations.MINUTE) ? "meter " : "window ") + policy + " " + period + " " + start;
        }

        Returned and(Returned other) {
            return new Returned(policy, period, start, generations + other.generations, inHeld + other.inHeld, outHeld + other.outHeld,
                    moneyHeld + other.moneyHeld, inUsed + other.inUsed, outUsed + other.outUsed, moneyUsed + other.moneyUsed);
        }

        void giveBack(Connection connection) throws SQLException {
            if (period.equals(Reservations.MINUTE)) {
                Meter.give(connection, policy, generations, inHeld - inUsed, outHeld - outUsed);
            } else {
                BudgetWindow.settle(connection, policy, period, start, inHeld + outHeld, moneyHeld, inUsed + outUsed, moneyUsed);
            }
        }
    }

    private final Database database;

    public Settlements(Database database) {
        this.database = database;
    }

    /** Settles generations in one transaction. @return how many had not been settled before */
    public int settle(Collection<Ended> ended) {
        Map<String, Ended> endings = ended.stream().collect(Collectors.toMap(Ended::generationId, Function.identity(), (first, second) -> first));
        return endings.isEmpty() ? 0 : database.transact(connection -> settle(connection, new TreeMap<>(endings)));
    }

    private static int settle(Connection connection, TreeMap<String, Ended> endings) throws SQLException {
        Map<String, Settled> settled = lock(connection, endings);
        if (settled.size() < endings.size()) {
            Corrections.apply(connection, endings.values().stream().filter(one -> !settled.containsKey(one.generationId())).toList());
        }
        if (settled.isEmpty()) {
            return 0;
        }
        List<Returned> returned = holds(connection, settled);
        try (PreparedStatement delete = connection.prepareStatement(
                "delete from usage_reservation where generation_id in (" + Parameters.marks(settled.size()) + ")")) {
            Parameters.set(delete, settled.keySet().toArray());
            delete.executeUpdate();
        }
        List<Settled> began = settled.values().stream().filter(one -> one.ended().began()).toList();
        write(connection, began);
        for (Returned one : returned) {
            one.giveBack(connection);
        }
        DailySums sums = new DailySums();
        for (Settled one : began) {
            sums.add(new DailySums.Day(one.tenant(), one.submitted().atOffset(ZoneOffset.UTC).toLocalDate(), one.model(), one.owner(), one.key()),
                    1, one.ended().tokensIn(), one.ended().tokensCached(), one.ended().tokensOut(), one.money());
        }
        sums.write(connection);
        return settled.size();
    }

    /** Whoever gets the rows settles them: a second one waits, and then finds none. */
    private static Map<String, Settled> lock(Connection connection, TreeMap<String, Ended> endings) throws SQLException {
        Map<String, Settled> settled = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("select * from usage_reservation where generation_id in ("
                + Parameters.marks(endings.size()) + ") order by generation_id for update")) {
            Parameters.set(select, endings.keySet().toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Ended ended = endings.get(row.getString("generation_id"));
                    Price price = new Price(row.getLong("input_price"), row.getLong("cached_price"), row.getLong("output_price"));
                    settled.put(ended.generationId(), new Settled(ended, row.getString("tenant_id"), row.getString("owner"), row.getString("key_id"),
                            row.getString("model"), Parameters.instant(row, "submitted_at"), price));
                }
            }
        }
        return settled;
    }

    /** Summed by row and in the order in which reservations lock the rows. */
    private static List<Returned> holds(Connection connection, Map<String, Settled> settled) throws SQLException {
        TreeMap<String, Returned> returned = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("select * from usage_hold where generation_id in ("
                + Parameters.marks(settled.size()) + ")")) {
            Parameters.set(select, settled.keySet().toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Settled one = settled.get(row.getString("generation_id"));
                    String period = row.getString("period");
                    Returned hold = new Returned(row.getString("policy_id"), period, period.equals(Reservations.MINUTE) ? Instant.EPOCH
                            : Parameters.instant(row, "starts_at"), 1, row.getLong("tokens_in"), row.getLong("tokens") - row.getLong("tokens_in"),
                            row.getLong("money"), one.ended().tokensIn(), one.ended().tokensOut(), one.money());
                    returned.merge(hold.order(), hold, Returned::and);
                }
            }
        }
        return List.copyOf(returned.values());
    }

    private static void write(Connection connection, List<Settled> rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(LEDGER)) {
            for (Settled one : rows) {
                Ended ended = one.ended();
                Parameters.set(insert, ended.generationId(), one.tenant(), one.owner(), one.key(), one.model(), one.submitted(), ended.tokensIn(),
                        ended.tokensCached(), ended.tokensOut(), ended.timeToFirstToken().map(time -> OptionalLong.of(time.toMillis()))
                                .orElse(OptionalLong.empty()), ended.duration().toMillis(), ended.reason(), one.money(), one.price().input(), one.price().cached(),
                        one.price().output());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Some of the generations whose gateway is dead by the database's clock, with what the last checkpoint knew of them. */
    public List<Ended> orphans(Instant now, int most) {
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select r.* from usage_reservation r left join gateway_lease l"
                    + " on l.gateway_id = r.gateway_id where l.gateway_id is null or l.expires_at < current_timestamp"
                    + " order by r.generation_id limit ?")) {
                Parameters.set(select, most);
                List<Ended> orphans = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        orphans.add(new Ended(row.getString("generation_id"), true, row.getLong("tokens_in"), 0, row.getLong("tokens_out"),
                                Optional.empty(), Duration.between(Parameters.instant(row, "submitted_at"), now), Ended.GATEWAY_LOST));
                    }
                }
                return orphans;
            }
        });
    }
}
