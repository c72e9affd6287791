package org.altiplano.platform.setup.control;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Schema;
import org.altiplano.platform.database.control.Turn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the database's tables to the form that this version needs, and gives the database out. Owns nothing. */
@ApplicationScoped
public class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    /** Not shareable: a shareable connection that is closed stays with the request's thread until the request's end. */
    @Resource(lookup = "jdbc/platform", shareable = false)
    private DataSource database;

    void run() {
        LOG.info(Schema.migrate(database));
    }

    /** Has the database filled with what it begins with, by one gateway at a time: several may start at one moment. */
    void fill(Runnable work) {
        new Turn(database).take(work);
    }

    @Produces
    @Singleton
    Database database() {
        return new Database(database);
    }
}
