package org.altiplano.platform.database.control;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Lets one gateway at a time do something, of all that share a PostgreSQL; any thread, which waits until it is its turn. A turn ends with
 * its connection, so that a gateway that is killed leaves none. An embedded database has no other gateway that could be in the way.
 */
public final class Turn {

    private static final long PAUSE_MILLIS = 50;
    /** Of PostgreSQL's advisory locks, which belong to the whole database; any number that nobody else takes. */
    private static final long LOCK = 0x416c7469706c616eL;

    private final DataSource source;

    public Turn(DataSource source) {
        this.source = source;
    }

    /** @throws IllegalStateException if the database fails */
    public void take(Runnable work) {
        try (Connection connection = source.getConnection()) {
            if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
                work.run();
                return;
            }
            // Asked again and again: no transaction stays open meanwhile, and no answer is late.
            while (!holds(connection, "select pg_try_advisory_lock(" + LOCK + ")")) {
                Thread.sleep(PAUSE_MILLIS);
            }
            try {
                work.run();
            } finally {
                holds(connection, "select pg_advisory_unlock(" + LOCK + ")");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database failed while this gateway waited for its turn: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for other gateways", e);
        }
    }

    private static boolean holds(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
