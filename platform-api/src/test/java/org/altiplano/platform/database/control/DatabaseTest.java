package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.altiplano.platform.http.entity.ProblemException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseTest {

    @Test
    void tellsThatADatabaseIsGoneAndWhenToComeAgain() {
        JdbcDataSource gone = new JdbcDataSource();
        gone.setURL("jdbc:h2:tcp://127.0.0.1:1/none");
        ProblemException error = assertThrows(ProblemException.class, () -> new Database(gone).transact(connection -> 1));
        assertEquals(503, error.problem().status());
        assertEquals(Optional.of("database_unavailable"), error.problem().code());
        assertEquals(Optional.of(Duration.ofSeconds(5)), error.problem().retryAfter());
    }

    @Test
    void tellsThatAWorkMayBeDoneWhereTheAnswerToItsCommitWasLost() {
        DataSource source = TestDatabase.H2.migrated();
        AtomicInteger inDoubt = new AtomicInteger();
        assertThrows(ProblemException.class, () -> new Database(losesAnswers(source)).transact(DatabaseTest::rename, inDoubt::incrementAndGet));
        assertEquals(1, inDoubt.get());
        assertEquals(2, new Database(source).transact(DatabaseTest::rename), "both rows, and the first time both were committed");
        assertThrows(ProblemException.class, () -> new Database(source).transact(connection -> {
            throw new SQLException("broken", "08006");
        }, inDoubt::incrementAndGet));
        assertEquals(1, inDoubt.get(), "what breaks before the commit is not done");
    }

    @Test
    void callsAFaultOfItsOwnSoAndNotAnOutage() {
        Database database = new Database(TestDatabase.H2.migrated());
        assertThrows(IllegalStateException.class, () -> database.transact(connection -> connection.createStatement().execute("no such statement")));
    }

    @Test
    void aTextThatNothingCanBeCalledByIsTheCallersFault() {
        Database database = new Database(TestDatabase.POSTGRESQL.migrated());
        ProblemException refused = assertThrows(ProblemException.class, () -> database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update tenant set name = 'x' where id = ?")) {
                Parameters.set(update, "a\0b");
                return update.executeUpdate();
            }
        }));
        assertEquals(400, refused.problem().status());
    }

    @Test
    void saysWhatAFailureMeansThatSomebodyElseHasMet() {
        assertEquals(503, Database.problem(new IllegalStateException(new SQLException("broken", "08006"))).orElseThrow().status());
        assertEquals(400, Database.problem(new SQLException("invalid byte sequence", "22021")).orElseThrow().status());
        assertEquals(Optional.empty(), Database.problem(new SQLException("syntax error", "42601")), "a fault of its own");
        assertEquals(Optional.empty(), Database.problem(new IllegalStateException("something else")));
    }

    @Test
    void saysWhatAStatementFailedForThatWasAskedAgainInTheSameTransaction() throws SQLException {
        try (Connection connection = TestDatabase.POSTGRESQL.migrated().getConnection();
                PreparedStatement select = connection.prepareStatement("select 1 from tenant where id = ?")) {
            connection.setAutoCommit(false);
            Parameters.set(select, "a\0b");
            assertThrows(SQLException.class, select::executeQuery);
            SQLException again = assertThrows(SQLException.class, select::executeQuery);
            Parameters.set(select, "a");
            SQLException after = assertThrows(SQLException.class, select::executeQuery);
            for (SQLException one : List.of(again, after)) {
                assertEquals(400, Database.problem(new IllegalStateException(one)).orElseThrow().status(), one.getMessage());
            }
        }
    }

    private static int rename(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("update tenant set name = 'x'");
        }
    }

    /** Every commit is done, and its answer is lost. */
    private static DataSource losesAnswers(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(DatabaseTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
            Connection connection = source.getConnection();
            return Proxy.newProxyInstance(DatabaseTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (inner, call, values) -> {
                Object result = call.invoke(connection, values);
                if (call.getName().equals("commit")) {
                    throw new SQLException("connection reset", "08006");
                }
                return result;
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void repeatsWhatAnotherTransactionGotInTheWayOfAndLeavesNothingOfTheFirstAttempt(TestDatabase kind) {
        DataSource source = kind.migrated();
        AtomicInteger attempts = new AtomicInteger();
        int tenants = new Database(source).transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into tenant (id, name, created_at) values ('third', 'Third', current_timestamp)");
                if (attempts.incrementAndGet() < 3) {
                    throw new SQLException("deadlock", "40P01");
                }
                return statement.executeUpdate("update tenant set name = 'x'");
            }
        });
        assertEquals(3, tenants);
        assertEquals(3, attempts.get());
    }
}
