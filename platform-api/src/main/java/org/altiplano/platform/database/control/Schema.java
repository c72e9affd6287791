package org.altiplano.platform.database.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.output.MigrateResult;

/** The form of the database's tables, as the migration scripts make it. Owns nothing. */
public final class Schema {

    private static final String RESTORE = " Put back the backup of the database that was made before this version was first started, and start again.";

    private Schema() {
    }

    /**
     * Brings a database to the form that this version needs.
     *
     * @return what was done, for the log
     * @throws IllegalStateException if that is not possible: somebody else's database, one that a newer version has changed, or one
     *         whose change was begun and did not end; the message tells the operator what to do
     */
    public static String migrate(DataSource database) {
        Flyway flyway = flyway(database, MigrationVersion.LATEST);
        Arrays.stream(info(flyway).all()).forEach(Schema::check);
        try {
            MigrateResult result = flyway.migrate();
            return "The database is at version " + flyway.info().current().getVersion() + " (" + result.migrationsExecuted + " scripts run now).";
        } catch (FlywayException e) {
            throw refusal(flyway, e);
        }
    }

    /** Brings an empty database to the form that an older version needed. */
    static void migrateTo(DataSource database, String version) {
        Flyway flyway = flyway(database, MigrationVersion.fromVersion(version));
        info(flyway);
        flyway.migrate();
    }

    /** The version of a database's tables. @throws SQLException if the database does not answer */
    static String version(DataSource database) throws SQLException {
        try {
            return info(flyway(database, MigrationVersion.LATEST)).current().getVersion().getVersion();
        } catch (FlywayException e) {
            throw new SQLException("The version of the tables cannot be read.", e);
        }
    }

    /** Whether tables of a version are newer than this version of the platform knows. */
    static boolean isNewer(DataSource database, String version) {
        return Arrays.stream(info(flyway(database, MigrationVersion.LATEST)).all())
                .noneMatch(script -> script.getVersion().equals(MigrationVersion.fromVersion(version)));
    }

    private static Flyway flyway(DataSource database, MigrationVersion target) {
        // The lock of one gateway against the others must not be a transaction that idles while a large table is changed.
        return Flyway.configure(Schema.class.getClassLoader()).dataSource(patient(database)).locations("classpath:db/migration")
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false")).ignoreMigrationPatterns(new String[0])
                .target(target).load();
    }

    /** What the database and the scripts say: read anew with each call. */
    private static MigrationInfoService info(Flyway flyway) {
        MigrationInfoService info = flyway.info();
        // Where the scripts are not found Flyway migrates nothing and says nothing.
        if (info.all().length == 0) {
            throw new IllegalStateException("The database's migration scripts are missing from the application.");
        }
        return info;
    }

    private static void check(MigrationInfo script) {
        switch (script.getState()) {
            case FAILED, FUTURE_FAILED, MISSING_FAILED -> throw unfinished(script);
            case FUTURE_SUCCESS, MISSING_SUCCESS -> throw new IllegalStateException("The database is at version " + script.getVersion()
                    + ", which this version of Altiplano does not know: start the version that changed it." + RESTORE.replace(" Put", " Or put"));
            default -> {
                if (!script.isChecksumMatching()) {
                    throw new IllegalStateException("Version " + script.getVersion() + " of the database was made by another script than this version of"
                            + " Altiplano has: start the version that made it.");
                }
            }
        }
    }

    private static IllegalStateException refusal(Flyway flyway, FlywayException error) {
        if (error.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
            return new IllegalStateException("The database holds tables of something else: give Altiplano an empty one (ALTIPLANO_DB_URL).", error);
        }
        // PostgreSQL takes a script that fails back as a whole, H2 does not.
        Optional<MigrationInfo> begun = Arrays.stream(flyway.info().all()).filter(script -> script.getState().isFailed()).findFirst();
        return begun.map(Schema::unfinished).orElseGet(() -> new IllegalStateException("The database could not be changed to the form that this version"
                + " of Altiplano needs, and is as it was before: " + error.getMessage().replaceAll("\\s+", " "), error));
    }

    private static IllegalStateException unfinished(MigrationInfo script) {
        return new IllegalStateException("The database's change to version " + script.getVersion() + " was begun and did not end." + RESTORE);
    }

    /** With connections that wait for an answer as long as it takes to change a large table. */
    private static DataSource patient(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(Schema.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(source, arguments);
                if (result instanceof Connection connection) {
                    connection.setNetworkTimeout(Runnable::run, 0);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
