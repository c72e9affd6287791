package org.altiplano.platform.database.control;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A table with its columns, as the database describes it.
 *
 * @param name in lower case
 * @param columns in their order
 */
record TableForm(String name, List<Column> columns) {

    /** @param name in lower case @param type of {@link java.sql.Types} */
    record Column(String name, int type, Cell cell) {
    }

    /** The migrations' own, and sessions, which must not come back to life. */
    private static final Set<String> LEFT_OUT = Set.of("flyway_schema_history", "console_session", "realm_session", "ended_realm_session");

    /** All tables that a backup holds, each after those that it refers to. */
    static Map<String, TableForm> all(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        Map<String, TableForm> tables = new TreeMap<>();
        Map<String, Set<String>> references = new HashMap<>();
        for (String name : names(connection)) {
            String key = name.toLowerCase(Locale.ROOT);
            List<Column> columns = new ArrayList<>();
            try (ResultSet row = meta.getColumns(connection.getCatalog(), connection.getSchema(), name, "%")) {
                while (row.next()) {
                    int type = row.getInt("DATA_TYPE");
                    columns.add(new Column(row.getString("COLUMN_NAME").toLowerCase(Locale.ROOT), type, Cell.of(type, row.getString("TYPE_NAME"))));
                }
            }
            Set<String> referred = new TreeSet<>();
            try (ResultSet row = meta.getImportedKeys(connection.getCatalog(), connection.getSchema(), name)) {
                while (row.next()) {
                    referred.add(row.getString("PKTABLE_NAME").toLowerCase(Locale.ROOT));
                }
            }
            referred.remove(key);
            tables.put(key, new TableForm(key, List.copyOf(columns)));
            references.put(key, referred);
        }
        return ordered(tables, references);
    }

    String select() {
        return "select " + columnNames() + " from " + name;
    }

    /** Of these columns. */
    String insert() {
        return "insert into " + name + " (" + columnNames() + ") values (" + Parameters.marks(columns.size()) + ")";
    }

    private String columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static List<String> names(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet row = connection.getMetaData().getTables(connection.getCatalog(), connection.getSchema(), "%",
                new String[] {"TABLE", "BASE TABLE"})) {
            while (row.next()) {
                String name = row.getString("TABLE_NAME");
                if (!LEFT_OUT.contains(name.toLowerCase(Locale.ROOT))) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static Map<String, TableForm> ordered(Map<String, TableForm> tables, Map<String, Set<String>> references) {
        Map<String, TableForm> ordered = new LinkedHashMap<>();
        while (ordered.size() < tables.size()) {
            int before = ordered.size();
            tables.forEach((name, table) -> {
                if (ordered.keySet().containsAll(references.get(name))) {
                    ordered.putIfAbsent(name, table);
                }
            });
            if (ordered.size() == before) {
                throw new IllegalStateException("Tables refer to each other in a circle: " + references);
            }
        }
        return ordered;
    }
}
