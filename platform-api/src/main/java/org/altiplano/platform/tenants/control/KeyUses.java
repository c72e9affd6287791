package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/** Owns in the database when each API key was last used; any thread. */
@ApplicationScoped
public class KeyUses {

    private final Database database;

    /** For the container's proxy only. */
    protected KeyUses() {
        this(null);
    }

    @Inject
    public KeyUses(Database database) {
        this.database = database;
    }

    /** Writes down when keys were used, where no later use is known. */
    public void write(Map<String, Instant> times) {
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update api_key set last_used_at = ? where id = ?"
                    + " and (last_used_at is null or last_used_at < ?)")) {
                // In the same order at every gateway, or two that write the same keys down could wait for each other.
                for (Map.Entry<String, Instant> use : new TreeMap<>(times).entrySet()) {
                    Parameters.set(update, use.getValue(), use.getKey(), use.getValue());
                    update.addBatch();
                }
                return update.executeBatch().length;
            }
        });
    }
}
