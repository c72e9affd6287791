package org.altiplano.platform.database.control;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/** The form of the database's tables, as the migration scripts make it. Owns nothing. */
public final class Schema {

    private Schema() {
    }

    /**
     * Brings a database to the form that this version needs; one that a newer version has changed is refused.
     *
     * @return what was done, for the log
     */
    public static String migrate(DataSource database) {
        Flyway flyway = Flyway.configure(Schema.class.getClassLoader()).dataSource(database)
                .locations("classpath:db/migration").ignoreMigrationPatterns(new String[0]).load();
        // Where the scripts are not found Flyway migrates nothing and says nothing.
        if (flyway.info().all().length == 0) {
            throw new IllegalStateException("The database's migration scripts are missing from the application.");
        }
        MigrateResult result = flyway.migrate();
        return "The database is at version " + flyway.info().current().getVersion() + " (" + result.migrationsExecuted
                + " scripts run now).";
    }
}
