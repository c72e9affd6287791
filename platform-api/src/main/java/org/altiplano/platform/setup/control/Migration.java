package org.altiplano.platform.setup.control;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the database's tables to the form that this version needs. Owns nothing. */
@ApplicationScoped
public class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    @Resource(lookup = "jdbc/platform")
    private DataSource database;

    void run() {
        Flyway flyway = Flyway.configure(Migration.class.getClassLoader()).dataSource(database)
                .locations("classpath:db/migration").load();
        // Where the scripts are not found Flyway migrates nothing and says nothing.
        if (flyway.info().all().length == 0) {
            throw new IllegalStateException("The database's migration scripts are missing from the application.");
        }
        MigrateResult result = flyway.migrate();
        LOG.info("The database is at version {} ({} scripts run now).", flyway.info().current().getVersion(), result.migrationsExecuted);
    }
}
