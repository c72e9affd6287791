package org.altiplano.platform.database.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs SQL in transactions of its own, outside of JTA; any thread, which it blocks. For what JPA has no word for:
 * conditional updates, whose count says whether there was room.
 */
public final class Database {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int MOST_ATTEMPTS = 30;
    /** Serialization failures and deadlocks, a row that another made first, and what H2 calls these. */
    private static final Set<String> AGAIN = Set.of("40001", "40P01", "23505", "90131", "HYT00");
    private static final Duration LATER = Duration.ofSeconds(5);

    /** What is done in a transaction. May be done again from the start. */
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private final DataSource source;

    public Database(DataSource source) {
        this.source = source;
    }

    /**
     * Does the work as a whole or, where it throws, not at all. Repeats it where another transaction got in between.
     *
     * @throws ProblemException 503 if the database does not answer
     */
    public <T> T transact(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (!AGAIN.contains(Optional.ofNullable(e.getSQLState()).orElse("")) || attempt == MOST_ATTEMPTS) {
                    throw failure(e);
                }
                pause(attempt);
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.in(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    private static RuntimeException failure(SQLException error) {
        LOG.error("The database failed: {}", error.toString());
        return new ProblemException(new Problem(503, "server_error", "The platform's database does not answer.",
                Optional.empty(), Optional.of("database_unavailable"), Optional.of(LATER)), error);
    }

    private static void pause(int attempt) {
        try {
            // Those that were in each other's way must not meet again.
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, 2 + 2 * attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the database", e);
        }
    }
}
