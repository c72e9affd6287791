package org.altiplano.platform.database.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.TableForm.Column;
import org.altiplano.platform.http.control.Json;

/**
 * Fills an empty database with what {@link DatabaseExport} wrote, in one transaction; owns nothing, the calling thread.
 * Makes the tables as the version had them that wrote it; bringing them on is the next migration's business.
 */
public final class DatabaseImport {

    private static final int ROWS_AT_ONCE = 1_000;

    private final DataSource database;

    public DatabaseImport(DataSource database) {
        this.database = database;
    }

    /**
     * @return when the backup was made
     * @throws IOException if the backup is damaged or of a newer version, or the database is not empty; nothing was changed then but
     *         for empty tables. The message is for the operator.
     */
    public Instant read(BufferedReader lines) throws IOException, SQLException {
        JsonObject head = object(lines.readLine());
        int format = head.getInt("format", 0);
        String schema = head.getString("schema", "");
        if (format > DatabaseExport.FORMAT || !schema.isEmpty() && Schema.isNewer(database, schema)) {
            throw new IOException("The backup was made by a newer version of Altiplano (its tables are of version " + schema
                    + "): restore it with that version.");
        }
        if (format < 1 || schema.isEmpty()) {
            throw damaged("its first line says nothing", Optional.empty());
        }
        if (hasData()) {
            throw new IOException("The database has data already: a backup is restored into an empty one. Make a new database and name it"
                    + " by ALTIPLANO_DB_URL.");
        }
        Schema.migrateTo(database, schema);
        fill(lines);
        try {
            return Instant.parse(head.getString("at", ""));
        } catch (RuntimeException noTime) {
            throw damaged("it does not say when it was made", Optional.of(noTime));
        }
    }

    private boolean hasData() throws SQLException {
        try (Connection connection = database.getConnection()) {
            for (String table : TableForm.all(connection).keySet()) {
                try (Statement select = connection.createStatement(); ResultSet row = select.executeQuery("select 1 from " + table + " limit 1")) {
                    if (row.next()) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private void fill(BufferedReader lines) throws IOException, SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                long rows = 0;
                Map<String, TableForm> tables = TableForm.all(connection);
                Set<String> filled = new HashSet<>();
                JsonObject next = object(lines.readLine());
                while (next.containsKey("table")) {
                    TableForm table = Optional.ofNullable(tables.get(next.getString("table"))).filter(one -> filled.add(one.name()))
                            .orElseThrow(() -> damaged("it has a table that its version has not, or twice", Optional.empty()));
                    if (!next.getJsonArray("columns").equals(columns(table))) {
                        throw damaged("a table has other columns than its version has", Optional.empty());
                    }
                    JsonStructure line = Json.parse(lines.readLine());
                    try (PreparedStatement insert = connection.prepareStatement(table.insert())) {
                        for (; line instanceof JsonArray row; line = Json.parse(lines.readLine())) {
                            add(insert, table, row);
                            if (++rows % ROWS_AT_ONCE == 0) {
                                insert.executeBatch();
                            }
                        }
                        insert.executeBatch();
                    }
                    next = line.asJsonObject();
                }
                if (next.getJsonNumber("rows").longValueExact() != rows || !filled.equals(tables.keySet()) || lines.readLine() != null) {
                    throw damaged("it has not the rows that it should have", Optional.empty());
                }
                connection.commit();
                done = true;
            } catch (RuntimeException wrong) {
                throw damaged("a line is wrong", Optional.of(wrong));
            } catch (SQLException e) {
                String state = Optional.ofNullable(e.getSQLState()).orElse("");
                // Values that do not fit and rows that contradict each other are the backup's fault, all else the database's.
                if (state.startsWith("22") || state.startsWith("23")) {
                    throw damaged("its rows do not fit together", Optional.of(e));
                }
                throw e;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    private static void add(PreparedStatement insert, TableForm table, JsonArray row) throws SQLException {
        int number = 0;
        for (Column column : table.columns()) {
            JsonValue value = row.get(number++);
            column.cell().write(insert, number, value, column.type());
        }
        if (row.size() != number) {
            throw new IllegalArgumentException("a row is too long");
        }
        insert.addBatch();
    }

    private static JsonArray columns(TableForm table) {
        var names = Json.array();
        table.columns().forEach(column -> names.add(column.name()));
        return names.build();
    }

    private static JsonObject object(String line) throws IOException {
        try {
            return Json.parse(line).asJsonObject();
        } catch (RuntimeException noObject) {
            throw damaged("a line is wrong", Optional.of(noObject));
        }
    }

    private static IOException damaged(String how, Optional<Exception> cause) {
        return new IOException("The backup is damaged: " + how + ".", cause.orElse(null));
    }
}
