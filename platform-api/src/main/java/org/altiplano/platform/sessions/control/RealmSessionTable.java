package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.sessions.entity.RealmSession;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.token.EndedSession;

/** Owns the sessions of a realm's users in the database; any thread. */
@ApplicationScoped
public class RealmSessionTable {

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final Database database;

    /** For the container's proxy only. */
    protected RealmSessionTable() {
        this(null);
    }

    @Inject
    public RealmSessionTable(Database database) {
        this.database = database;
    }

    Optional<RealmSession> find(String digest) {
        return database.transact(connection -> all(connection, "select * from realm_session where token_digest = ?", RealmSessionTable::session,
                digest)).stream().findFirst();
    }

    /** Adds one, and forgets those that have ended. */
    void insert(RealmSession session, Instant now) {
        change("delete from realm_session where ends_at < ?", now);
        change("insert into realm_session (tenant_id, subject, username, roles, realm_session_id, sealed_token, renew_at, ends_at, token_digest,"
                + " created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", session.caller().tenant(), session.caller().owner(), session.name(),
                roles(session), session.session().orElse(""), session.sealedToken(), session.renewAt(), session.endsAt(), session.digest(),
                session.createdAt());
    }

    /**
     * Writes down what the realm said. Whoever doubted it meanwhile is not overruled: it is asked again at once.
     *
     * @param postponed until when it was postponed while the realm was asked
     * @return whether the session is there still
     */
    boolean update(RealmSession session, Instant postponed) {
        return change("update realm_session set tenant_id = ?, subject = ?, username = ?, roles = ?, realm_session_id = ?, sealed_token = ?,"
                + " ends_at = ?, renew_at = case when renew_at = ? then ? else renew_at end where token_digest = ?", session.caller().tenant(),
                session.caller().owner(), session.name(), roles(session), session.session().orElse(""), session.sealedToken(), session.endsAt(), postponed,
                session.renewAt(), session.digest());
    }

    /** @return true for one alone of those who found it due at the same time */
    boolean postpone(RealmSession session, Instant renewAt) {
        return change("update realm_session set renew_at = ? where token_digest = ? and renew_at = ?", renewAt, session.digest(), session.renewAt());
    }

    void doubt(String subject, Instant now) {
        change("update realm_session set renew_at = ? where subject = ?", now, subject);
    }

    void delete(String digest) {
        change("delete from realm_session where token_digest = ?", digest);
    }

    /**
     * Deletes the sessions that rest on one that has ended at the realm, unless the realm has said so before. Those of which the realm did not
     * say what they rest on it is asked about.
     *
     * @return what is deleted
     */
    List<RealmSession> end(EndedSession ended, Instant now) {
        String which = ended.session().isPresent() ? "realm_session_id = ?" : "subject = ?";
        String named = ended.session().or(ended::subject).orElseThrow();
        return database.transact(connection -> {
            change(connection, "delete from ended_realm_session where good_until < ?", now);
            if (!all(connection, "select message_id from ended_realm_session where message_id = ?", row -> row.getString(1), ended.id()).isEmpty()) {
                return List.of();
            }
            // Of two gateways that are told the same at the same moment one fails here and begins anew.
            change(connection, "insert into ended_realm_session (message_id, good_until) values (?, ?)", ended.id(), ended.until());
            List<RealmSession> open = all(connection, "select * from realm_session where " + which, RealmSessionTable::session, named);
            change(connection, "delete from realm_session where " + which, named);
            if (ended.subject().isPresent()) {
                change(connection, "update realm_session set renew_at = ? where subject = ? and realm_session_id = ''", now, ended.subject().get());
            }
            return open;
        });
    }

    private boolean change(String statement, Object... parameters) {
        return database.transact(connection -> change(connection, statement, parameters));
    }

    private static boolean change(Connection connection, String statement, Object... parameters) throws SQLException {
        try (PreparedStatement change = connection.prepareStatement(statement)) {
            Parameters.set(change, parameters);
            return change.executeUpdate() > 0;
        }
    }

    private static <T> List<T> all(Connection connection, String query, Reading<T> reading, Object... parameters) throws SQLException {
        List<T> all = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(query)) {
            Parameters.set(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    all.add(reading.of(row));
                }
            }
        }
        return all;
    }

    private static String roles(RealmSession session) {
        return session.caller().roleWords().stream().sorted().collect(Collectors.joining(","));
    }

    private static RealmSession session(ResultSet row) throws SQLException {
        Set<Role> roles = Arrays.stream(row.getString("roles").split(",")).flatMap(word -> Role.of(word).stream()).collect(Collectors.toSet());
        return new RealmSession(row.getString("token_digest"),
                Caller.unlimited(row.getString("tenant_id"), row.getString("subject"), Caller.Origin.SESSION, roles),
                row.getString("username"), Optional.of(row.getString("realm_session_id")).filter(id -> !id.isEmpty()),
                row.getString("sealed_token"), Parameters.instant(row, "created_at"), Parameters.instant(row, "renew_at"), Parameters.instant(row, "ends_at"));
    }
}
