package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Remembered;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.entity.TenantAccount;

/** Owns the tenants in the database; any thread. */
@ApplicationScoped
public class Tenants {

    private final Database database;
    private final Remembered<String, Optional<TenantAccount>> remembered;

    /** For the container's proxy only. */
    protected Tenants() {
        this(null);
    }

    @Inject
    public Tenants(Database database) {
        this.database = database;
        remembered = new Remembered<>(this::standing, database);
    }

    /**
     * The tenant of a caller, if its callers are served. Who calls is proven before: a tenant that is not written down here is one
     * that only an identity provider knows, and is served without limits until somebody makes it here.
     *
     * @throws ProblemException 403 if they are not
     */
    public TenantAccount serving(String id) {
        TenantAccount tenant = remembered.get(id).orElseGet(() -> unlimited(id, TenantAccount.Status.ACTIVE));
        return switch (tenant.status()) {
            case ACTIVE -> tenant;
            case SUSPENDED -> throw refused("The tenant of this caller is suspended.", "tenant_suspended");
            case DELETED -> throw refused("The tenant of this caller is deleted.", "tenant_deleted");
        };
    }

    /** The tenant of a caller that wants a model. @throws ProblemException 403 if it is not served, 404 if it may not use the model */
    public TenantAccount serving(String id, String model) {
        TenantAccount tenant = serving(id);
        if (!tenant.mayUse(model)) {
            // As if there were no such model: what others may use is not its business.
            throw new ProblemException(Problem.modelNotFound(model));
        }
        return tenant;
    }

    public Optional<TenantAccount> find(String id) {
        return database.transact(connection -> select(connection, "where id = ?", id).stream().findFirst());
    }

    private Optional<TenantAccount> standing(String id) {
        return database.transact(connection -> {
            Optional<TenantAccount> tenant = select(connection, "where id = ?", id).stream().findFirst();
            return tenant.isEmpty() && RemovedTenants.has(connection, id) ? Optional.of(unlimited(id, TenantAccount.Status.DELETED)) : tenant;
        });
    }

    /** Tenants in the order of their ids, those after one of them. */
    public List<TenantAccount> page(String after, int most) {
        return database.transact(connection -> select(connection, "where id > ? order by id limit ?", after, most));
    }

    /** The organization that a tenant was bound to; empty if that has the tenant's own id, or there is none. */
    public Optional<String> organization(String id) {
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select organization from tenant where id = ?")) {
                Parameters.set(select, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                }
            }
        });
    }

    /** From now on the members of an organization are this tenant's. */
    public void bind(String id, String organization) {
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update tenant set organization = ? where id = ?")) {
                Parameters.set(update, organization, id);
                update.executeUpdate();
            }
            Changes.note(connection);
            return id;
        });
    }

    /** @throws ProblemException 409 if there is one of this id, or was */
    public void mustBeNew(String id, Instant now) {
        database.transact(connection -> {
            mustBeNew(connection, id, now);
            return id;
        });
    }

    private static void mustBeNew(Connection connection, String id, Instant now) throws SQLException {
        // In this order: one that is being removed at this moment is found here or there.
        Optional<TenantAccount> known = select(connection, "where id = ?", id).stream().findFirst();
        if (known.filter(tenant -> tenant.isGone(now)).isPresent() || known.isEmpty() && RemovedTenants.has(connection, id)) {
            throw RemovedTenants.refusal(id, "id");
        }
        if (known.isPresent()) {
            throw new ProblemException(new Problem(409, "invalid_request_error", "There is a tenant with this id already.",
                    Optional.of("id"), Optional.of("tenant_exists"), Optional.empty()));
        }
    }

    /** @throws ProblemException 409 if there is one of this id, or was */
    public TenantAccount create(TenantAccount tenant) {
        database.transact(connection -> {
            mustBeNew(connection, tenant.id(), tenant.createdAt());
            try (PreparedStatement insert = connection.prepareStatement("insert into tenant (id, name, created_at, status, weight, every_model, version)"
                    + " values (?, ?, ?, ?, ?, ?, ?)")) {
                Parameters.set(insert, tenant.id(), tenant.name(), tenant.createdAt(), tenant.status().word(), tenant.weight(),
                        tenant.models().isEmpty(), tenant.version());
                insert.executeUpdate();
            }
            entitle(connection, tenant);
            Changes.note(connection);
            return tenant;
        });
        // Its callers may have been here before it, and are remembered without its limits.
        remembered.forget();
        return tenant;
    }

    /**
     * Puts a changed tenant in the place of the version that it was made from.
     *
     * @return false if that is no longer the current one, or its grace is over: what is about to be deleted for good, here and at an
     *         identity provider, is not taken back half-way
     */
    public boolean replace(TenantAccount tenant) {
        boolean replaced = database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update tenant set name = ?, status = ?, weight = ?, every_model = ?,"
                    + " delete_after = ?, version = version + 1 where id = ? and version = ? and (delete_after is null or delete_after > current_timestamp)")) {
                Parameters.set(update, tenant.name(), tenant.status().word(), tenant.weight(), tenant.models().isEmpty(), tenant.deleteAfter(),
                        tenant.id(), tenant.version());
                if (update.executeUpdate() == 0) {
                    return false;
                }
            }
            entitle(connection, tenant);
            Changes.note(connection);
            return true;
        });
        remembered.forget();
        return replaced;
    }

    private static void entitle(Connection connection, TenantAccount tenant) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from tenant_model where tenant_id = ?")) {
            Parameters.set(delete, tenant.id());
            delete.executeUpdate();
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into tenant_model (tenant_id, model) values (?, ?)")) {
            for (String model : tenant.models().orElse(Set.of())) {
                Parameters.set(insert, tenant.id(), model);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static List<TenantAccount> select(Connection connection, String rest, Object... parameters) throws SQLException {
        List<TenantAccount> tenants = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select * from tenant " + rest)) {
            Parameters.set(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String id = row.getString("id");
                    Optional<Set<String>> models = row.getBoolean("every_model") ? Optional.empty() : Optional.of(models(connection, id));
                    tenants.add(new TenantAccount(id, row.getString("name"), TenantAccount.Status.of(row.getString("status")),
                            row.getDouble("weight"), models, Parameters.optionalInstant(row, "delete_after"),
                            Parameters.instant(row, "created_at"), row.getLong("version")));
                }
            }
        }
        return tenants;
    }

    private static Set<String> models(Connection connection, String tenant) throws SQLException {
        Set<String> models = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("select model from tenant_model where tenant_id = ?")) {
            select.setString(1, tenant);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    models.add(row.getString(1));
                }
            }
        }
        return models;
    }

    private static TenantAccount unlimited(String id, TenantAccount.Status status) {
        return new TenantAccount(id, id, status, 1, Optional.empty(), Optional.empty(), Instant.EPOCH, 0);
    }

    private static ProblemException refused(String message, String code) {
        return new ProblemException(new Problem(403, "invalid_request_error", message, Optional.empty(), Optional.of(code), Optional.empty()));
    }
}
