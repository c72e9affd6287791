package org.altiplano.platform.database.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
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
    /** Values, constraints and statements that are wrong: a fault of the program, not of the database (SQL standard, SQLSTATE classes). */
    private static final Set<String> OURS = Set.of("22", "23", "42");
    /** A character that no text of this database can hold (SQL standard: character not in repertoire). */
    private static final String NO_CHARACTER = "22021";
    /** A statement after one that failed (PostgreSQL). */
    private static final String IN_FAILED_TRANSACTION = "25P02";
    private static final Duration LATER = Duration.ofSeconds(5);

    /** What is done in a transaction. May be done again from the start. */
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private final DataSource source;
    private final Changes changes = new Changes(this, System::nanoTime);

    public Database(DataSource source) {
        this.source = source;
    }

    /** How often the settings in it have changed. */
    public Changes changes() {
        return changes;
    }

    /**
     * Does the work as a whole or, where it throws, not at all. Repeats it where another transaction got in between.
     *
     * @throws ProblemException 503 if the database does not answer, 400 if it cannot look for what the work asks for
     */
    public <T> T transact(Work<T> work) {
        return transact(work, () -> { });
    }

    /** @param inDoubt is told where the answer to the commit was lost, and nobody knows whether the work is done */
    public <T> T transact(Work<T> work, Runnable inDoubt) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work, inDoubt);
            } catch (SQLException e) {
                if (!mayBeRepeated(e) || attempt == MOST_ATTEMPTS) {
                    throw failure(e);
                }
                pause(attempt);
            }
        }
    }

    private <T> T once(Work<T> work, Runnable inDoubt) throws SQLException {
        boolean committing = false;
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.in(connection);
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
            committing = true;
            connection.commit();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException e) {
            if (committing && !mayBeRepeated(e)) {
                inDoubt.run();
            }
            throw e;
        }
    }

    private static void rollBack(Connection connection, Exception reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The connection is broken, and with it the transaction is gone.
            reason.addSuppressed(e);
        }
    }

    /** For work that has found a reason to be done again from the start. */
    public static SQLException again(String reason) {
        return new SQLException(reason, "40001");
    }

    /** Deletes a row of a table of settings if it still is at this version. @param key its column, whose value is {@code id} */
    public boolean delete(String table, String key, String id, long version) {
        return transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from " + table + " where " + key + " = ? and version = ?")) {
                Parameters.set(delete, id, version);
                boolean deleted = delete.executeUpdate() == 1;
                Changes.note(connection);
                return deleted;
            }
        });
    }

    /** What a failure of the database means to a caller, where somebody else than this class has met it. @return empty if it is no such failure, or ours */
    public static Optional<Problem> problem(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            // What JPA asks again after a failure only fails for that one, which the driver tells as the cause.
            if (cause instanceof SQLException refusal && !(state(refusal).equals(IN_FAILED_TRANSACTION) && refusal.getCause() != null)) {
                return failure(refusal) instanceof ProblemException known ? Optional.of(known.problem()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean mayBeRepeated(SQLException error) {
        return AGAIN.contains(state(error));
    }

    private static String state(SQLException error) {
        return Optional.ofNullable(error.getSQLState()).orElse("");
    }

    private static RuntimeException failure(SQLException error) {
        if (state(error).equals(NO_CHARACTER)) {
            return new ProblemException(Problem.of(400, "The request holds a character, such as U+0000, that nothing here is called by."), error);
        }
        if (OURS.stream().anyMatch(state(error)::startsWith)) {
            return new IllegalStateException("The database refuses what the platform asks of it.", error);
        }
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
