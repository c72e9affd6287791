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

    private static final String LOCK = "select * from usage_reservation where generation_id = any(?) order by generation_id for update";
    private static final String DELETE = "delete from usage_reservation where generation_id = any(?)";
    private static final String LEDGER = "insert into usage_ledger (generation_id, tenant_id, owner, key_id, model, submitted_at, tokens_in,"
            + " tokens_cached, tokens_out, ttft_ms, duration_ms, finish_reason, money, input_price, cached_price, output_price)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** What was reserved, with how it ended. */
    record Settled(Ended ended, String tenant, String owner, String key, String model, Instant submitted, Price price, long inHeld, long outHeld,
                   long moneyHeld, List<HeldOf> heldOf) {

        long money() {
            return price.of(ended.tokensIn(), ended.tokensCached(), ended.tokensOut());
        }

        DailySums.Day day() {
            return new DailySums.Day(tenant, submitted.atOffset(ZoneOffset.UTC).toLocalDate(), model, owner, key);
        }
    }

    private final Database database;

    public Settlements(Database database) {
        this.database = database;
    }

    /** Settles generations in a transaction of their own. @return how many had not been settled before */
    public int settle(Collection<Ended> ended) {
        return ended.isEmpty() ? 0 : database.transact(connection -> {
            Collection<Settled> settled = take(connection, ended);
            Accounts accounts = Accounts.lock(connection, List.of(), settled);
            settled.forEach(accounts::settle);
            accounts.write(connection);
            write(connection, settled);
            return settled.size();
        });
    }

    /**
     * Takes away the reservations of ended generations; whoever gets them settles them: a second one waits, and then finds none. The
     * rows of those that were settled as lost are put right.
     */
    static Collection<Settled> take(Connection connection, Collection<Ended> ended) throws SQLException {
        if (ended.isEmpty()) {
            return List.of();
        }
        Map<String, Ended> endings = ended.stream().collect(Collectors.toMap(Ended::generationId, Function.identity(), (first, second) -> first, TreeMap::new));
        Map<String, Settled> settled = lock(connection, endings);
        if (!settled.isEmpty()) {
            try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                Parameters.set(delete, (Object) settled.keySet().toArray(String[]::new));
                delete.executeUpdate();
            }
        }
        if (settled.size() < endings.size()) {
            Corrections.apply(connection, endings.values().stream().filter(one -> !settled.containsKey(one.generationId())).toList());
        }
        return settled.values();
    }

    private static Map<String, Settled> lock(Connection connection, Map<String, Ended> endings) throws SQLException {
        Map<String, Settled> settled = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(LOCK)) {
            Parameters.set(select, (Object) endings.keySet().toArray(String[]::new));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Ended ended = endings.get(row.getString("generation_id"));
                    Price price = new Price(row.getLong("input_price"), row.getLong("cached_price"), row.getLong("output_price"));
                    long inHeld = row.getLong("tokens_in_held");
                    settled.put(ended.generationId(), new Settled(ended, row.getString("tenant_id"), row.getString("owner"), row.getString("key_id"),
                            row.getString("model"), Parameters.instant(row, "submitted_at"), price, inHeld, row.getLong("tokens_held") - inHeld,
                            row.getLong("money_held"), HeldOf.parse(row.getString("held_of"))));
                }
            }
        }
        return settled;
    }

    /** Writes what was taken into the ledger and its daily sums; what no worker has taken up leaves no row. */
    static void write(Connection connection, Collection<Settled> settled) throws SQLException {
        List<Settled> began = settled.stream().filter(one -> one.ended().began()).toList();
        append(connection, began);
        DailySums sums = new DailySums();
        for (Settled one : began) {
            sums.add(one.day(), 1, one.ended().tokensIn(), one.ended().tokensCached(), one.ended().tokensOut(), one.money());
        }
        sums.write(connection);
    }

    private static void append(Connection connection, List<Settled> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
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
