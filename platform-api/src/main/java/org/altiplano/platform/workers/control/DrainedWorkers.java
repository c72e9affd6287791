package org.altiplano.platform.workers.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/** Owns the table of workers that are to get no new generations; any thread. */
@ApplicationScoped
public class DrainedWorkers {

    private final Database database;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected DrainedWorkers() {
        this(null, null);
    }

    @Inject
    public DrainedWorkers(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    public Set<String> names() {
        return database.transact(DrainedWorkers::names);
    }

    private static Set<String> names(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (PreparedStatement select = connection.prepareStatement("select name from drained_worker"); ResultSet row = select.executeQuery()) {
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
            try (PreparedStatement insert = connection.prepareStatement("insert into drained_worker (name, drained_at) values (?, ?)")) {
                Parameters.set(insert, name, clock.instant());
                return insert.executeUpdate();
            }
        });
    }

    /** @return whether it was there */
    public boolean remove(String name) {
        return database.transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from drained_worker where name = ?")) {
                Parameters.set(delete, name);
                return delete.executeUpdate() == 1;
            }
        });
    }
}
