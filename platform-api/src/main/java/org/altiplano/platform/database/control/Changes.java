package org.altiplano.platform.database.control;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Owns how often the settings in the database have changed, as of two seconds ago at most; any thread. Whoever changes one says so
 * in the same transaction, so that all gateways may remember what they have read for as long as nobody does.
 */
public final class Changes {

    /** For how long the number is believed. */
    public static final Duration BELIEF = Duration.ofSeconds(2);

    /** To be done last in a transaction, since all others that change a setting wait for its row. */
    private static final String NOTE = "update settings_changes set changes = changes + 1 where id = 1";
    /** Where there is no row to update. */
    private static final String FIRST = "insert into settings_changes (id, changes) values (1, 1)";

    private static final int MOST_AT_ONCE = 1_000;

    private record Seen(long changes, long at) {
    }

    private final Database database;
    private final LongSupplier nanoTime;
    private final Together<Boolean, Long> readings = new Together<>(MOST_AT_ONCE, this::read);
    private volatile Optional<Seen> seen = Optional.empty();

    Changes(Database database, LongSupplier nanoTime) {
        this.database = database;
        this.nanoTime = nanoTime;
    }

    /** Says, last in a transaction, that it changes a setting. */
    public static void note(Connection connection) throws SQLException {
        try (PreparedStatement note = connection.prepareStatement(NOTE); PreparedStatement first = connection.prepareStatement(FIRST)) {
            if (note.executeUpdate() == 0) {
                // Fails where another transaction does it at the same time; the whole is then repeated.
                first.executeUpdate();
            }
        }
    }

    /** The same for a transaction of JPA's, whose other changes are written first. */
    public static void note(EntityManager entities) {
        entities.flush();
        // Not by runWithConnection: the connection that EclipseLink 5 lends is not that of the transaction.
        if (entities.createNativeQuery(NOTE).executeUpdate() == 0) {
            entities.createNativeQuery(FIRST).executeUpdate();
        }
    }

    /** How often settings have changed. Those who find that it was read too long ago read it together. */
    public long count() {
        Optional<Seen> last = seen.filter(this::holds);
        return last.isPresent() ? last.get().changes() : readings.ask(true);
    }

    private boolean holds(Seen one) {
        return nanoTime.getAsLong() - one.at() < BELIEF.toNanos();
    }

    private List<Long> read(List<Boolean> asked) {
        // Who came while another read it is answered by that; before the reading, since it may be as old as its beginning.
        long now = nanoTime.getAsLong();
        Seen current = seen.filter(this::holds).orElseGet(() -> new Seen(database.transact(Changes::select), now));
        seen = Optional.of(current);
        return asked.stream().map(one -> current.changes()).toList();
    }

    private static long select(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select changes from settings_changes"); ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
