package org.altiplano.systemtests;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.altiplano.contract.FreePort;

/** Owns a real PostgreSQL with its data, on the test's thread; it can be stopped and started again where it was. */
final class Postgres implements AutoCloseable {

    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    /** @param data a folder that is not there yet */
    Postgres(Path data) {
        this.data = data;
        this.port = FreePort.any();
        start();
    }

    void start() {
        try {
            server = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setPort(port)
                    .setPGStartupWait(Duration.ofMinutes(2)).start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void stop() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What a gateway must be told to keep its data here. */
    Map<String, String> environment() {
        return Map.of("ALTIPLANO_DB_URL", "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "ALTIPLANO_DB_USER", "postgres",
                "ALTIPLANO_DB_PASSWORD", "postgres");
    }

    /** The one number that a query gives. */
    long number(String sql) {
        return Long.parseLong(text(sql));
    }

    /** The first column of all rows of a query, in lines. */
    String text(String sql) {
        try (Connection connection = open(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            while (row.next()) {
                text.append(text.isEmpty() ? "" : "\n").append(row.getString(1));
            }
            return text.toString();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A connection that its caller closes. */
    Connection open() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    void change(String sql) {
        try (Connection connection = open(); Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
