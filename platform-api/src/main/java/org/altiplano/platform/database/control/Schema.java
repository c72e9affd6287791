package org.altiplano.platform.database.control;

import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
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
        MigrateResult result = flyway(database, MigrationVersion.LATEST).migrate();
        return "The database is at version " + version(database) + " (" + result.migrationsExecuted + " scripts run now).";
    }

    /** Brings an empty database to the form that an older version needed. */
    static void migrateTo(DataSource database, String version) {
        flyway(database, MigrationVersion.fromVersion(version)).migrate();
    }

    /** The version of a database's tables. */
    static String version(DataSource database) {
        return flyway(database, MigrationVersion.LATEST).info().current().getVersion().getVersion();
    }

    /** Whether tables of a version are newer than this version of the platform knows. */
    static boolean isNewer(DataSource database, String version) {
        return Arrays.stream(flyway(database, MigrationVersion.LATEST).info().all())
                .noneMatch(script -> script.getVersion().equals(MigrationVersion.fromVersion(version)));
    }

    private static Flyway flyway(DataSource database, MigrationVersion target) {
        Flyway flyway = Flyway.configure(Schema.class.getClassLoader()).dataSource(database)
                .locations("classpath:db/migration").ignoreMigrationPatterns(new String[0]).target(target).load();
        // Where the scripts are not found Flyway migrates nothing and says nothing.
        if (flyway.info().all().length == 0) {
            throw new IllegalStateException("The database's migration scripts are missing from the application.");
        }
        return flyway;
    }
}
