package org.altiplano.platform.database.control;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.altiplano.contract.FreePort;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;

/** The databases that the platform runs on, each a real one of its own; PostgreSQL is started once per test run. */
public enum TestDatabase {
    H2 {
        @Override
        public DataSource empty() {
            JdbcDataSource source = new JdbcDataSource();
            source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            return source;
        }
    },
    POSTGRESQL {
        @Override
        public DataSource empty() {
            String name = "d" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection(); Statement create = connection.createStatement()) {
                create.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return Server.RUNNING.getDatabase("postgres", name);
        }
    };

    /** Its process ends with the tests'. */
    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setServerConfig("max_connections", "300").setPort(FreePort.any())
                        .setPGStartupWait(Duration.ofMinutes(2)).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A database without any table. */
    public abstract DataSource empty();

    /** A database as this version needs it, with the tenants {@code acme} and {@code other}. */
    public DataSource migrated() {
        DataSource source = empty();
        Schema.migrate(source);
        execute(source, "insert into tenant (id, name, created_at) values ('acme', 'Acme', current_timestamp), ('other', 'Other', current_timestamp)");
        return source;
    }

    /** A database as an older version left it. */
    public DataSource at(String version) {
        DataSource source = empty();
        to(version, source);
        return source;
    }

    /** Brings a database to a version. */
    void to(String version, DataSource source) {
        Flyway.configure(Schema.class.getClassLoader()).dataSource(source).locations("classpath:db/migration").target(version).load().migrate();
    }

    public static void execute(DataSource source, String sql) {
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static int count(DataSource source, String table) {
        try (Connection connection = source.getConnection(); Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
