package org.altiplano.platform.usage.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Remembered;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** Owns the usage policies in the database; any thread. */
@ApplicationScoped
public class UsagePolicies {

    private static final List<Limit> LIMITS = List.of(Limit.values());
    private static final String COLUMNS = LIMITS.stream().map(Limit::column).collect(Collectors.joining(", "));

    private final Database database;
    private final Remembered<Spender, List<UsagePolicy>> remembered;

    /** For the container's proxy only. */
    protected UsagePolicies() {
        this(null);
    }

    @Inject
    public UsagePolicies(Database database) {
        this.database = database;
        remembered = new Remembered<>(this::read, database);
    }

    /** All that bind a spender, as of two seconds ago at most. */
    public List<UsagePolicy> binding(Spender spender) {
        return remembered.get(spender);
    }

    private List<UsagePolicy> read(Spender spender) {
        return database.transact(connection -> {
            List<String> keys = line(connection, spender.key());
            List<Object> parameters = new ArrayList<>(List.of(spender.tenant(), spender.owner()));
            parameters.addAll(keys);
            return select(connection, "where tenant_id = ? and (scope = 'TENANT' or scope = 'OWNER' and subject = ?"
                    + (keys.isEmpty() ? "" : " or scope = 'KEY' and subject in (" + Parameters.marks(keys.size()) + ")") + ") order by id",
                    parameters.toArray());
        });
    }

    /** A key and those that it replaces: who rotates a key does not get rid of its limits. */
    private static List<String> line(Connection connection, String key) throws SQLException {
        List<String> line = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select id from api_key where replaced_by = ?")) {
            for (String next = key; !next.isEmpty() && !line.contains(next);) {
                line.add(next);
                select.setString(1, next);
                try (ResultSet row = select.executeQuery()) {
                    next = row.next() ? row.getString(1) : "";
                }
            }
        }
        return line;
    }

    public Optional<UsagePolicy> find(String id) {
        return database.transact(connection -> select(connection, "where id = ?", id).stream().findFirst());
    }

    /** Policies in the order of their ids, those after one of them. @param tenant empty for all */
    public List<UsagePolicy> page(String tenant, String after, int most) {
        return database.transact(connection -> tenant.isEmpty() ? select(connection, "where id > ? order by id limit ?", after, most)
                : select(connection, "where tenant_id = ? and id > ? order by id limit ?", tenant, after, most));
    }

    /**
     * Generations under way that it binds count from now on.
     *
     * @throws ProblemException 409 if the tenant, owner or key has one already
     */
    public UsagePolicy create(UsagePolicy policy, Instant now) {
        database.transact(connection -> {
            if (!select(connection, "where tenant_id = ? and scope = ? and subject = ?", policy.tenant(), policy.scope().name(), policy.subject()).isEmpty()) {
                throw new ProblemException(new Problem(409, "invalid_request_error", "There is a usage policy for this " + policy.scope().name().toLowerCase(Locale.ROOT)
                        + " already.", Optional.of("subject"), Optional.of("usage_policy_exists"), Optional.empty()));
            }
            List<Object> values = new ArrayList<>(List.of(policy.id(), policy.tenant(), policy.scope().name(), policy.subject(), policy.keeper().name(),
                    policy.version()));
            values.addAll(limits(policy));
            try (PreparedStatement insert = connection.prepareStatement("insert into usage_policy (id, tenant_id, scope, subject, keeper, version, "
                    + COLUMNS + ") values (" + Parameters.marks(values.size()) + ")")) {
                Parameters.set(insert, values.toArray());
                insert.executeUpdate();
            }
            Meters.create(connection, policy.id());
            LateBinding.lock(connection, policy).bind(connection, now);
            Changes.note(connection);
            return policy;
        });
        remembered.forget();
        return policy;
    }

    /**
     * Puts changed limits in the place of the version that they were made from, and its keeper. A budget of a period that
     * had none counts what was used in it before, and what counts anew counts the generations under way.
     *
     * @return false if that is no longer the current version
     */
    public boolean replace(UsagePolicy policy, Instant now) {
        boolean replaced = database.transact(connection -> {
            Optional<UsagePolicy> before = select(connection, "where id = ? and version = ? for update", policy.id(), policy.version()).stream().findFirst();
            if (before.isEmpty()) {
                return false;
            }
            try (PreparedStatement update = connection.prepareStatement("update usage_policy set "
                    + LIMITS.stream().map(limit -> limit.column() + " = ?, ").collect(Collectors.joining())
                    + "keeper = ?, version = version + 1 where id = ?")) {
                List<Object> values = new ArrayList<>(limits(policy));
                values.addAll(List.of(policy.keeper().name(), policy.id()));
                Parameters.set(update, values.toArray());
                update.executeUpdate();
            }
            LateBinding late = LateBinding.lock(connection, policy);
            for (Period period : policy.limits().periods()) {
                if (!before.get().limits().budgets(period)) {
                    BudgetWindows.recount(connection, policy, period, now);
                }
            }
            late.bind(connection, now);
            Changes.note(connection);
            return true;
        });
        remembered.forget();
        return replaced;
    }

    /** @return false if this is no longer the current version */
    public boolean delete(String id, long version) {
        boolean deleted = database.delete("usage_policy", "id", id, version);
        remembered.forget();
        return deleted;
    }

    private static List<OptionalLong> limits(UsagePolicy policy) {
        return LIMITS.stream().map(policy.limits()::of).toList();
    }

    private static List<UsagePolicy> select(Connection connection, String rest, Object... parameters) throws SQLException {
        List<UsagePolicy> policies = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select * from usage_policy " + rest)) {
            Parameters.set(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    UsageLimits limits = UsageLimits.NONE;
                    for (Limit limit : LIMITS) {
                        OptionalLong value = Parameters.number(row, limit.column());
                        limits = value.isPresent() ? limits.with(limit, value.getAsLong()) : limits;
                    }
                    policies.add(new UsagePolicy(row.getString("id"), row.getString("tenant_id"), Scope.valueOf(row.getString("scope")),
                            row.getString("subject"), limits, Keeper.valueOf(row.getString("keeper")), row.getLong("version")));
                }
            }
        }
        return policies;
    }
}
