package org.altiplano.platform.audit.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.altiplano.platform.audit.entity.AuditSearch;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Query;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck.Seen;
import org.altiplano.security.audit.SealedEvent;

/** Owns the chains of audited events in the database; any thread. One event at a time is added to a chain. */
@ApplicationScoped
public class AuditLog {

    private static final String INSERT = "insert into audit_event (chain, sequence, happened_at, actor, origin, address, action, subject, status,"
            + " previous_hash, hash, signing_key, signature) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final int LONGEST_ACTOR = 200;
    private static final int LONGEST_ADDRESS = 64;
    private static final int LONGEST = 300;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    /**
     * What was done.
     *
     * @param chain id of the tenant that it concerns, or {@link AuditEvent#PLATFORM}
     */
    public record Deed(String chain, Instant at, String actor, String origin, String address, String action, String subject, int status) {
    }

    private final Database database;
    private final AuditKey key;

    /** For the container's proxy only. */
    protected AuditLog() {
        this(null, null);
    }

    @Inject
    public AuditLog(Database database, AuditKey key) {
        this.database = database;
        this.key = key;
    }

    public void append(Deed deed) {
        database.transact(connection -> {
            append(connection, deed);
            return deed;
        });
    }

    /** As part of a transaction, so that both are done or neither. */
    public void append(Connection connection, Deed deed) throws SQLException {
        Seen end = lock(connection, deed.chain());
        SealedEvent sealed = key.seal(new AuditEvent(deed.chain(), end.sequence() + 1, deed.at(), bounded(deed.actor(), LONGEST_ACTOR),
                deed.origin(), bounded(deed.address(), LONGEST_ADDRESS), bounded(deed.action(), LONGEST), bounded(deed.subject(), LONGEST),
                deed.status(), end.hash()));
        AuditEvent event = sealed.event();
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement update = connection.prepareStatement("update audit_chain set sequence = ?, hash = ? where chain = ?")) {
            Parameters.set(insert, event.chain(), event.sequence(), event.at(), event.actor(), event.origin(), event.address(), event.action(),
                    event.subject(), event.status(), event.previous(), sealed.hash(), sealed.key(), sealed.signature());
            insert.executeUpdate();
            Parameters.set(update, event.sequence(), sealed.hash(), event.chain());
            update.executeUpdate();
        }
    }

    /** Whoever has the chain's end may add to it. */
    private static Seen lock(Connection connection, String chain) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select sequence, hash from audit_chain where chain = ? for update")) {
            select.setString(1, chain);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return new Seen(row.getLong(1), row.getString(2));
                }
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into audit_chain (chain, sequence, hash) values (?, 0, ?)")) {
            Parameters.set(insert, chain, AuditEvent.FIRST);
            insert.executeUpdate();
        }
        return Seen.NOTHING;
    }

    /** The chains that there are, with the number of their last event. */
    public Map<String, Long> chains() {
        return database.transact(connection -> {
            Map<String, Long> chains = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement("select chain, sequence from audit_chain"); ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    chains.put(row.getString(1), row.getLong(2));
                }
            }
            return chains;
        });
    }

    /** A chain's events after one of them, in their order. */
    public List<SealedEvent> events(String chain, long after, int most) {
        return events(chain, AuditSearch.all(after), most);
    }

    public List<SealedEvent> events(String chain, AuditSearch search, int most) {
        Query query = new Query("select * from audit_event where chain = ?", chain)
                .where(search.newestFirst() ? "sequence < ?" : "sequence > ?", search.after())
                .containing(search.actor(), "actor").containing(search.about(), "action", "subject")
                .where("happened_at >= ?", search.from()).where("happened_at < ?", search.until())
                .also(search.newestFirst() ? "order by sequence desc limit ?" : "order by sequence limit ?", most);
        return database.transact(connection -> {
            List<SealedEvent> events = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(query.sql())) {
                Parameters.set(select, query.values());
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        events.add(new SealedEvent(new AuditEvent(row.getString("chain"), row.getLong("sequence"), Parameters.instant(row, "happened_at"),
                                row.getString("actor"), row.getString("origin"), row.getString("address"), row.getString("action"),
                                row.getString("subject"), row.getInt("status"), row.getString("previous_hash")), row.getString("hash"),
                                row.getString("signing_key"), row.getString("signature")));
                    }
                }
            }
            return events;
        });
    }

    /** The event that a chain ends with, as it is kept beside the events. */
    Optional<Seen> end(String chain) {
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select sequence, hash from audit_chain where chain = ?")) {
                select.setString(1, chain);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(new Seen(row.getLong(1), row.getString(2))) : Optional.empty();
                }
            }
        });
    }

    /**
     * Without characters that would break a line of whoever prints it, or that a database would keep as something else, so that
     * the event would no longer have the hash that it was signed with.
     */
    private static String bounded(String text, int most) {
        String clean = UNPRINTABLE.matcher(text).replaceAll("?");
        // Not between the two halves of a character.
        int end = clean.length() <= most ? clean.length() : clean.offsetByCodePoints(0, clean.codePointCount(0, most - 1));
        return clean.substring(0, end);
    }
}
