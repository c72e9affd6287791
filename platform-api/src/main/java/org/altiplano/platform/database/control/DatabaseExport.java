package org.altiplano.platform.database.control;

import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.TableForm.Column;
import org.altiplano.platform.http.control.Json;

/**
 * Writes all tables as they are at one moment, while they go on being changed; owns nothing, the calling thread.
 *
 * <p>Each line is a JSON value: first what the backup is, then of each table its name and columns and its rows, last the
 * number of rows. That is the same whichever database it comes from, so that it can go into the other.
 */
public final class DatabaseExport {

    /** Of the lines; grows when an older version could not read them. */
    static final int FORMAT = 1;

    private static final int ROWS_AT_ONCE = 1_000;

    /** What was written. @param schema version of the tables */
    public record Written(String schema, long rows) {
    }

    private final DataSource database;

    public DatabaseExport(DataSource database) {
        this.database = database;
    }

    public Written write(Writer out, Instant now) throws SQLException, IOException {
        String schema = Schema.version(database);
        try (Connection connection = database.getConnection()) {
            boolean h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
            connection.setAutoCommit(false);
            try {
                execute(connection, h2 ? "set session characteristics as transaction isolation level snapshot"
                        : "set transaction isolation level repeatable read read only");
                line(out, Json.object().add("format", FORMAT).add("schema", schema).add("at", now.toString()).build().toString());
                long rows = 0;
                for (TableForm table : TableForm.all(connection).values()) {
                    rows += write(connection, table, out);
                }
                line(out, Json.object().add("rows", rows).build().toString());
                return new Written(schema, rows);
            } finally {
                connection.rollback();
                if (h2) {
                    // Of the session and not of the transaction, and the connection goes back to its pool.
                    execute(connection, "set session characteristics as transaction isolation level read committed");
                }
                connection.setAutoCommit(true);
            }
        }
    }

    private static long write(Connection connection, TableForm table, Writer out) throws SQLException, IOException {
        JsonArrayBuilder columns = Json.array();
        table.columns().forEach(column -> columns.add(column.name()));
        line(out, Json.object().add("table", table.name()).add("columns", columns).build().toString());
        long rows = 0;
        try (Statement select = connection.createStatement()) {
            select.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet row = select.executeQuery(table.select())) {
                while (row.next()) {
                    JsonArrayBuilder values = Json.array();
                    int number = 1;
                    for (Column column : table.columns()) {
                        values.add(column.cell().read(row, number++));
                    }
                    line(out, values.build().toString());
                    rows++;
                }
            }
        }
        return rows;
    }

    private static void line(Writer out, String json) throws IOException {
        out.write(json);
        out.write('\n');
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
