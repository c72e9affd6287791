package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What a gateway says of the database that it is given. */
class SchemaTest {

    @ParameterizedTest
    @EnumSource
    void aSecondStartChangesNothing(TestDatabase kind) {
        DataSource source = kind.empty();
        assertTrue(!Schema.migrate(source).contains("(0 scripts"));
        assertTrue(Schema.migrate(source).contains("(0 scripts run now)"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesADatabaseThatANewerVersionHasChanged(TestDatabase kind) {
        DataSource source = kind.migrated();
        history(source, "900", true);
        refused(source, "The database is at version 900, which this version of Altiplano does not know: start the version that changed it.");
    }

    @ParameterizedTest
    @EnumSource
    void refusesADatabaseWhoseChangeDidNotEnd(TestDatabase kind) {
        DataSource source = kind.migrated();
        history(source, "901", false);
        refused(source, "The database's change to version 901 was begun and did not end. Put back the backup");
    }

    @Test
    void refusesADatabaseInWhichAGatewayWasKilledAmidAScript() {
        DataSource source = TestDatabase.H2.at("4");
        TestDatabase.execute(source, "alter table usage_policy add column tokens_in_per_minute bigint");
        for (int start = 1; start <= 2; start++) {
            refused(source, "The database's change to version 5 was begun and did not end. Put back the backup");
        }
    }

    @Test
    void takesBackAsAWholeWhatPostgresqlCouldNotDo() {
        DataSource source = TestDatabase.POSTGRESQL.at("4");
        TestDatabase.execute(source, "alter table usage_ledger add column output_price bigint");
        refused(source, "The database could not be changed to the form that this version of Altiplano needs, and is as it was before: ");
        TestDatabase.execute(source, "alter table usage_ledger drop column output_price");
        assertTrue(Schema.migrate(source).contains("scripts run now"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesAScriptThatIsNotTheOneThatMadeTheDatabase(TestDatabase kind) {
        DataSource source = kind.migrated();
        TestDatabase.execute(source, "update \"flyway_schema_history\" set \"checksum\" = 7 where \"version\" = '3'");
        refused(source, "Version 3 of the database was made by another script");
    }

    @ParameterizedTest
    @EnumSource
    void refusesADatabaseOfSomethingElseAndLeavesItAlone(TestDatabase kind) throws SQLException {
        DataSource source = kind.empty();
        TestDatabase.execute(source, "create table theirs (id bigint)");
        refused(source, "The database holds tables of something else: give Altiplano an empty one");
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            assertThrows(SQLException.class, () -> statement.executeQuery("select * from tenant"));
        }
    }

    @Test
    void waitsForALongScriptLongerThanForAnythingElse() {
        PGSimpleDataSource source = (PGSimpleDataSource) TestDatabase.POSTGRESQL.at("4");
        source.setSocketTimeout(1);
        source.setOptions("-c idle_in_transaction_session_timeout=500");
        TestDatabase.execute(source, "create function slow() returns event_trigger language plpgsql as 'begin perform pg_sleep(2); end'");
        TestDatabase.execute(source, "create event trigger slowly on ddl_command_end when tag in ('CREATE INDEX') execute function slow()");
        assertTrue(Schema.migrate(source).contains("scripts run now"));
    }

    private static void refused(DataSource source, String words) {
        String message = assertThrows(IllegalStateException.class, () -> Schema.migrate(source)).getMessage();
        assertEquals(words, message.substring(0, Math.min(words.length(), message.length())), message);
    }

    private static void history(DataSource source, String version, boolean success) {
        TestDatabase.execute(source, "insert into \"flyway_schema_history\" (\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\","
                + " \"installed_by\", \"execution_time\", \"success\") values (1000, '" + version + "', 'later', 'SQL', 'V" + version + "__later.sql', 1, 'x', 1, "
                + success + ")");
    }
}
