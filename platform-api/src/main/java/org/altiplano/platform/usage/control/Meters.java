package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.entity.Bucket;

/** The table {@code usage_meter}, as SQL; owns nothing. A row belongs to the transaction that has locked it, until it is done. */
final class Meters {

    private static final List<Bucket> BUCKETS = List.of(Bucket.values());
    private static final String OPEN = "insert into usage_meter (policy_id, running, filled_at, " + each(", ", Bucket::column) + ") values (?, 0, 0, "
            + Parameters.marks(BUCKETS.size()) + ")";
    private static final String READ = "select * from usage_meter where policy_id = ?";
    private static final String LOCK = "select * from usage_meter where policy_id = any(?) order by policy_id for update";
    private static final String WRITE = "update usage_meter set running = ?, filled_at = ?, " + each(", ", bucket -> bucket.column() + " = ?")
            + " where policy_id = ?";

    private Meters() {
    }

    /** Makes a new policy's row, its buckets full. */
    static void create(Connection connection, String policyId) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(OPEN)) {
            List<Object> values = new ArrayList<>(List.of(policyId));
            BUCKETS.forEach(bucket -> values.add(Meter.ANY_RATE * Meter.UNITS));
            Parameters.set(insert, values.toArray());
            insert.executeUpdate();
        }
    }

    static Optional<Meter> find(Connection connection, String policyId) throws SQLException {
        return Optional.ofNullable(select(connection, READ, policyId).get(policyId));
    }

    /** Those of these policies that there are, in the order of all transactions. */
    static Map<String, Meter> lock(Connection connection, SortedSet<String> policyIds) throws SQLException {
        return policyIds.isEmpty() ? Map.of() : select(connection, LOCK, (Object) policyIds.toArray(String[]::new));
    }

    private static Map<String, Meter> select(Connection connection, String sql, Object parameter) throws SQLException {
        Map<String, Meter> meters = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            Parameters.set(select, parameter);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Map<Bucket, Long> levels = new EnumMap<>(Bucket.class);
                    for (Bucket bucket : BUCKETS) {
                        levels.put(bucket, row.getLong(bucket.column()));
                    }
                    String id = row.getString("policy_id");
                    meters.put(id, new Meter(id, row.getLong("running"), levels, row.getLong("filled_at")));
                }
            }
        }
        return meters;
    }

    /** Writes back what was locked. */
    static void write(Connection connection, Collection<Meter> meters) throws SQLException {
        if (meters.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(WRITE)) {
            for (Meter meter : meters) {
                List<Object> values = new ArrayList<>(List.of(meter.running(), meter.filledAt()));
                BUCKETS.forEach(bucket -> values.add(meter.level(bucket)));
                values.add(meter.policyId());
                Parameters.set(update, values.toArray());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /** Counts generations that had begun before the policy counted any. */
    static void join(Connection connection, String policyId, long generations) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update usage_meter set running = running + ? where policy_id = ?")) {
            Parameters.set(update, generations, policyId);
            update.executeUpdate();
        }
    }

    private static String each(String between, Function<Bucket, String> sql) {
        return Arrays.stream(Bucket.values()).map(sql).collect(Collectors.joining(between));
    }
}
