package org.altiplano.platform.secrets.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.security.secrets.Secret;

/** Owns the table of which secrets were used since when, by their fingerprints, and counts what rests on which pepper; any thread. */
@ApplicationScoped
public class SecretsInUse {

    /** What is kept of anything that a pepper made begins with the pepper's version. */
    private static final String COUNTS = "select pepper, count(*) from (select cast(substring(%1$s from 1 for position(':' in %1$s) - 1) as integer) as pepper"
            + " from %2$s) made group by pepper";

    private final Database database;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected SecretsInUse() {
        this(null, null);
    }

    @Inject
    public SecretsInUse(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Says that a gateway uses it, for the first time or not. */
    public void note(Secret secret, String fingerprint) {
        database.transact(connection -> {
            if (read(connection, secret).containsKey(fingerprint)) {
                return 0;
            }
            // Fails where another gateway adds it at the same moment; then it is looked for again, and found.
            try (PreparedStatement insert = connection.prepareStatement("insert into secret_in_use (secret, fingerprint, since) values (?, ?, ?)")) {
                Parameters.set(insert, secret.word(), fingerprint, clock.instant());
                return insert.executeUpdate();
            }
        });
    }

    /** The fingerprints that gateways have used, with the time of the first use, the oldest first. */
    public Map<String, Instant> since(Secret secret) {
        return database.transact(connection -> read(connection, secret));
    }

    private static Map<String, Instant> read(Connection connection, Secret secret) throws SQLException {
        Map<String, Instant> since = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("select fingerprint, since from secret_in_use where secret = ? order by since, fingerprint")) {
            Parameters.set(select, secret.word());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    since.put(row.getString("fingerprint"), Parameters.instant(row, "since"));
                }
            }
        }
        return since;
    }

    /** By version of the pepper, how many API keys that are still accepted rest on it. */
    public Map<Integer, Long> keysByPepper() {
        return counts(COUNTS.formatted("key_hash", "api_key where revoked_at is null and (expires_at is null or expires_at > ?)"), clock.instant());
    }

    /** By version of the pepper, how many users' second factors rest on it. */
    public Map<Integer, Long> secondFactorsByPepper() {
        return counts(COUNTS.formatted("enrolment", "second_factor where confirmed = true"));
    }

    private Map<Integer, Long> counts(String sql, Object... values) {
        return database.transact(connection -> {
            Map<Integer, Long> counts = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                Parameters.set(select, values);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        counts.put(row.getInt(1), row.getLong(2));
                    }
                }
            }
            return counts;
        });
    }
}
