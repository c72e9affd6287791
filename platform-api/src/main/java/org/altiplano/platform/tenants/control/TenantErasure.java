package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.tenants.entity.TenantAccount;

/**
 * Deletes for good what is in the database of tenants whose grace is over, piece by piece: a transaction takes so few rows that nobody
 * waits for it, however many there are. How far it has come is what is left, so that any gateway goes on where another was killed. Owns
 * nothing; any thread. What a tenant used and what was done to it is kept.
 */
@ApplicationScoped
public class TenantErasure {

    static final int PIECE = 1_000;

    private static final String DUE = " from tenant where status = '" + TenantAccount.Status.DELETED.word() + "' and delete_after < ?";

    /**
     * Rows of a tenant.
     *
     * @param key columns that tell one from all others
     * @param whose condition with the tenant's id as its one parameter
     */
    private record Rows(String table, List<String> key, String whose) {

        String select() {
            return "select " + String.join(", ", key) + " from " + table + " where " + whose + " limit ?";
        }

        String delete() {
            return "delete from " + table + " where " + String.join(" and ", key.stream().map(column -> column + " = ?").toList());
        }
    }

    /** Each before those that it refers to; those first of which there may be most. */
    private static final List<Rows> ALL = List.of(
            new Rows("content_log", List.of("position"), "tenant_id = ?"),
            new Rows("key_address", List.of("key_id", "address"), "key_id in (select id from api_key where tenant_id = ?)"),
            new Rows("key_address_day", List.of("key_id", "used_on"), "tenant_id = ?"),
            new Rows("usage_window", List.of("policy_id", "period", "starts_at"), "policy_id in (select id from usage_policy where tenant_id = ?)"),
            new Rows("usage_policy", List.of("id"), "tenant_id = ?"),
            new Rows("realm_session", List.of("token_digest"), "tenant_id = ?"),
            new Rows("console_session", List.of("token_digest"), "username in (select username from platform_user where tenant_id = ?)"),
            new Rows("platform_user", List.of("username"), "tenant_id = ?"),
            new Rows("api_key", List.of("id"), "tenant_id = ?"),
            new Rows("content_log_setting", List.of("tenant_id"), "tenant_id = ?"),
            new Rows("tenant_model", List.of("tenant_id", "model"), "tenant_id = ?"));

    private final Database database;
    private final AuditLog audit;

    /** For the container's proxy only. */
    protected TenantErasure() {
        this(null, null);
    }

    @Inject
    public TenantErasure(Database database, AuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /** The ids of those whose grace is over. */
    List<String> due(Instant now) {
        return database.transact(connection -> {
            List<String> ids = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("select id" + DUE + " order by id")) {
                Parameters.set(select, now);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        ids.add(row.getString(1));
                    }
                }
            }
            return ids;
        });
    }

    /**
     * Deletes the next piece of a tenant whose grace is over; with the last one the tenant is gone, its id is remembered, and the
     * audit log says so: once, whoever does it.
     *
     * @return whether nothing is left to do
     */
    boolean next(String id, Instant now) {
        return database.transact(connection -> {
            if (!lock(connection, id, now)) {
                return true;
            }
            int room = PIECE;
            for (Rows rows : ALL) {
                room -= delete(connection, rows, id, room);
                if (room == 0) {
                    return false;
                }
            }
            try (PreparedStatement delete = connection.prepareStatement("delete from tenant where id = ?")) {
                Parameters.set(delete, id);
                delete.executeUpdate();
            }
            RemovedTenants.note(connection, id, now);
            audit.append(connection, new AuditLog.Deed(id, now, "", "", "", "deleted for good", id, 200));
            Changes.note(connection);
            return true;
        });
    }

    /** Whoever has the tenant's row deletes; another gateway waits for as long as a piece takes, and goes on from there. */
    private static boolean lock(Connection connection, String id, Instant now) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select 1" + DUE + " and id = ? for update")) {
            Parameters.set(select, now, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @return how many, at most {@code most} */
    private static int delete(Connection connection, Rows rows, String id, int most) throws SQLException {
        int found = 0;
        try (PreparedStatement select = connection.prepareStatement(rows.select()); PreparedStatement delete = connection.prepareStatement(rows.delete())) {
            Parameters.set(select, id, most);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    for (int column = 1; column <= rows.key().size(); column++) {
                        delete.setObject(column, row.getObject(column));
                    }
                    delete.addBatch();
                    found++;
                }
            }
            if (found > 0) {
                delete.executeBatch();
            }
        }
        return found;
    }
}
