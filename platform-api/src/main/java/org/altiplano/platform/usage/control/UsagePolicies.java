package org.altiplano.platform.usage.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Remembered;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** Owns the usage policies in the database; any thread. */
@ApplicationScoped
public class UsagePolicies {

    private final Database database;
    private final Remembered<String, List<UsagePolicy>> remembered = new Remembered<>(this::of, System::nanoTime);

    /** For the container's proxy only. */
    protected UsagePolicies() {
        this(null);
    }

    @Inject
    public UsagePolicies(Database database) {
        this.database = database;
    }

    /** All that bind a spender, as of two seconds ago at most. */
    public List<UsagePolicy> binding(Spender spender) {
        return remembered.get(spender.tenant()).stream().filter(policy -> policy.binds(spender)).toList();
    }

    /** All of a tenant. */
    public List<UsagePolicy> of(String tenant) {
        return database.transact(connection -> select(connection, "where tenant_id = ? order by id", tenant));
    }

    public Optional<UsagePolicy> find(String id) {
        return database.transact(connection -> select(connection, "where id = ?", id).stream().findFirst());
    }

    /** Policies in the order of their ids, those after one of them. @param tenant empty for all */
    public List<UsagePolicy> page(String tenant, String after, int most) {
        return database.transact(connection -> tenant.isEmpty() ? select(connection, "where id > ? order by id limit ?", after, most)
                : select(connection, "where tenant_id = ? and id > ? order by id limit ?", tenant, after, most));
    }

    /** @throws ProblemException 409 if the tenant, owner or key has one already */
    public UsagePolicy create(UsagePolicy policy) {
        UsageLimits limits = policy.limits();
        database.transact(connection -> {
            if (!select(connection, "where tenant_id = ? and scope = ? and subject = ?", policy.tenant(), policy.scope().name(), policy.subject()).isEmpty()) {
                throw new ProblemException(new Problem(409, "invalid_request_error", "There is a usage policy for this " + policy.scope().name().toLowerCase(Locale.ROOT)
                        + " already.", Optional.of("subject"), Optional.of("usage_policy_exists"), Optional.empty()));
            }
            try (PreparedStatement insert = connection.prepareStatement("insert into usage_policy (id, tenant_id, scope, subject, requests_per_minute,"
                    + " tokens_per_minute, concurrent_generations, max_context, tokens_per_day, tokens_per_month, money_per_day, money_per_month, version)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                Parameters.set(insert, policy.id(), policy.tenant(), policy.scope().name(), policy.subject(), limits.requestsPerMinute(),
                        limits.tokensPerMinute(), limits.concurrentGenerations(), limits.maxContext(), limits.tokensPerDay(), limits.tokensPerMonth(),
                        limits.moneyPerDay(), limits.moneyPerMonth(), policy.version());
                insert.executeUpdate();
            }
            Meter.create(connection, policy.id());
            return policy;
        });
        remembered.forget();
        return policy;
    }

    /** Puts changed limits in the place of the version that they were made from. @return false if that is no longer the current one */
    public boolean replace(UsagePolicy policy) {
        UsageLimits limits = policy.limits();
        boolean replaced = database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update usage_policy set requests_per_minute = ?, tokens_per_minute = ?,"
                    + " concurrent_generations = ?, max_context = ?, tokens_per_day = ?, tokens_per_month = ?, money_per_day = ?, money_per_month = ?,"
                    + " version = version + 1 where id = ? and version = ?")) {
                Parameters.set(update, limits.requestsPerMinute(), limits.tokensPerMinute(), limits.concurrentGenerations(), limits.maxContext(),
                        limits.tokensPerDay(), limits.tokensPerMonth(), limits.moneyPerDay(), limits.moneyPerMonth(), policy.id(), policy.version());
                return update.executeUpdate() == 1;
            }
        });
        remembered.forget();
        return replaced;
    }

    /** @return false if this is no longer the current version */
    public boolean delete(String id, long version) {
        boolean deleted = database.transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from usage_policy where id = ? and version = ?")) {
                Parameters.set(delete, id, version);
                return delete.executeUpdate() == 1;
            }
        });
        remembered.forget();
        return deleted;
    }

    private static List<UsagePolicy> select(Connection connection, String rest, Object... parameters) throws SQLException {
        List<UsagePolicy> policies = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select * from usage_policy " + rest)) {
            Parameters.set(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    UsageLimits limits = new UsageLimits(Parameters.number(row, "requests_per_minute"), Parameters.number(row, "tokens_per_minute"),
                            Parameters.number(row, "concurrent_generations"), Parameters.number(row, "max_context"),
                            Parameters.number(row, "tokens_per_day"), Parameters.number(row, "tokens_per_month"),
                            Parameters.number(row, "money_per_day"), Parameters.number(row, "money_per_month"));
                    policies.add(new UsagePolicy(row.getString("id"), row.getString("tenant_id"), Scope.valueOf(row.getString("scope")),
                            row.getString("subject"), limits, row.getLong("version")));
                }
            }
        }
        return policies;
    }
}
