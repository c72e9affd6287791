package org.altiplano.platform.audit.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.security.identity.AddressNetwork;
import org.altiplano.security.identity.Caller;

/**
 * Owns from where each API key has been used, in the database and, of what was seen since the start, in memory; any thread. Of the new
 * addresses of a key on a day so many are written down; those beyond are counted, and the audit log says once how many they were.
 */
@ApplicationScoped
public class KeyAddresses {

    private static final String ACTION = "first use from this address";
    private static final String LAST_ACTION = ACTION + "; further new ones of this day are only counted";
    private static final int MOST_REMEMBERED = 100_000;
    private static final int DAYS_AT_ONCE = 100;

    private record Use(String key, String network) {
    }

    private final Database database;
    private final AuditLog log;
    /** Until when a use is known: for good where it is written down, for its day where it is only counted. */
    private final Map<Use, LocalDate> known = new ConcurrentHashMap<>();

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
        Use use = new Use(key, AddressNetwork.of(address));
        LocalDate today = day(now);
        if (Optional.ofNullable(known.get(use)).filter(until -> !today.isAfter(until)).isPresent()) {
            return;
        }
        LocalDate until = database.transact(connection -> {
            if (isWritten(connection, use, address)) {
                return LocalDate.MAX;
            }
            OptionalLong number = KeyAddressDays.count(connection, key, today, caller.tenant());
            if (number.isEmpty()) {
                return today;
            }
            // Fails where another gateway notes it at the same time; then it is looked for again, and found.
            try (PreparedStatement insert = connection.prepareStatement("insert into key_address (key_id, address, first_used_at) values (?, ?, ?)")) {
                Parameters.set(insert, key, use.network(), now);
                insert.executeUpdate();
            }
            log.append(connection, new AuditLog.Deed(caller.tenant(), now, caller.getName(), caller.origin().name(), address,
                    number.getAsLong() < KeyAddressDays.MOST_WRITTEN ? ACTION : LAST_ACTION, key, 200));
            return LocalDate.MAX;
        });
        if (known.size() >= MOST_REMEMBERED) {
            known.clear();
        }
        known.put(use, until);
    }

    /** Older versions wrote down each address of a network. */
    private static boolean isWritten(Connection connection, Use use, String address) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select 1 from key_address where key_id = ? and address in (?, ?)")) {
            Parameters.set(select, use.key(), use.network(), address);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Ends the days that are over, and says of each key how many new addresses were only counted: once, whichever gateway does it. */
    void tell(Instant now) {
        List<KeyAddressDays.Day> over;
        do {
            over = database.transact(connection -> KeyAddressDays.before(connection, day(now), DAYS_AT_ONCE));
            over.forEach(day -> database.transact(connection -> {
                boolean ended = KeyAddressDays.end(connection, day);
                if (ended && day.beyond() > 0) {
                    log.append(connection, new AuditLog.Deed(day.tenant(), now, "", "", "",
                            "first uses from " + day.beyond() + " more addresses on " + day.day() + ", which are only counted", day.key(), 200));
                }
                return ended;
            }));
        } while (over.size() == DAYS_AT_ONCE);
    }

    private static LocalDate day(Instant now) {
        return now.atOffset(ZoneOffset.UTC).toLocalDate();
    }
}
