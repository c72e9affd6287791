package org.altiplano.platform.database.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Owns a table of names, each with the time since when it is there; any thread. */
public class RememberedNames {

    private final Database database;
    private final InstantSource clock;
    private final String table;
    private final String since;

    /** @param since its column of times */
    protected RememberedNames(Database database, InstantSource clock, String table, String since) {
        this.database = database;
        this.clock = clock;
        this.table = table;
        this.since = since;
    }

    public Set<String> names() {
        return database.transact(this::names);
    }

    private Set<String> names(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (PreparedStatement select = connection.prepareStatement("select name from " + table); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    public void add(String name) {
        database.transact(connection -> {
            if (names(connection).contains(name)) {
                return 0;
            }
            // Fails where another gateway adds it at the same moment; then it is looked for again, and found.
            try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " (name, " + since + ") values (?, ?)")) {
                Parameters.set(insert, name, clock.instant());
                return insert.executeUpdate();
            }
        });
    }

    /** @return whether it was there */
    public boolean remove(String name) {
        return database.transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from " + table + " where name = ?")) {
                Parameters.set(delete, name);
                return delete.executeUpdate() == 1;
            }
        });
    }

    /**
     * Tells others the names.
     *
     * @param told what they know, read before the names are: what another gateway adds or removes between the two is then only said
     *     again, and not taken back
     */
    public void publish(Set<String> told, Consumer<String> tell, Consumer<String> takeBack) {
        Set<String> wanted = names();
        wanted.stream().filter(name -> !told.contains(name)).forEach(tell);
        told.stream().filter(name -> !wanted.contains(name)).forEach(takeBack);
    }
}
