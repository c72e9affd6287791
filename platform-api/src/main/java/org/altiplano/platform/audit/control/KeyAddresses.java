package org.altiplano.platform.audit.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.security.identity.Caller;

/** Owns from where each API key has been used, in the database and, of what was seen since the start, in memory; any thread. */
@ApplicationScoped
public class KeyAddresses {

    private static final String ACTION = "first use from this address";
    private static final int MOST_REMEMBERED = 100_000;

    private record Use(String key, String address) {
    }

    private final Database database;
    private final AuditLog log;
    private final Set<Use> known = ConcurrentHashMap.newKeySet();

    /** For the container's proxy only. */
    protected KeyAddresses() {
        this(null, null);
    }

    @Inject
    public KeyAddresses(Database database, AuditLog log) {
        this.database = database;
        this.log = log;
    }

    /** Notes a use. The first of this key from this address, on any gateway, is written into the audit log: both or neither. */
    public void used(Caller caller, String key, String address, Instant now) {
        Use use = new Use(key, address);
        if (known.contains(use)) {
            return;
        }
        database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select 1 from key_address where key_id = ? and address = ?")) {
                Parameters.set(select, key, address);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        return false;
                    }
                }
            }
            // Fails where another gateway notes it at the same time; then it is looked for again, and found.
            try (PreparedStatement insert = connection.prepareStatement("insert into key_address (key_id, address, first_used_at) values (?, ?, ?)")) {
                Parameters.set(insert, key, address, now);
                insert.executeUpdate();
            }
            log.append(connection, new AuditLog.Deed(caller.tenant(), now, caller.getName(), caller.origin().name(), address, ACTION, key, 200));
            return true;
        });
        if (known.size() >= MOST_REMEMBERED) {
            known.clear();
        }
        known.add(use);
    }
}
