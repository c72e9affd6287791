package org.altiplano.platform.usage.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Quota;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.platform.usage.entity.UsageSum;

/** Answers how much was used and how much is left, from the tables that limits are enforced by. Owns nothing; any thread. */
@ApplicationScoped
public class UsageReports {

    /** As many groups as an answer may tell. */
    public static final int MOST_GROUPS = 10_000;

    private final Database database;

    /** For the container's proxy only. */
    protected UsageReports() {
        this(null);
    }

    @Inject
    public UsageReports(Database database) {
        this.database = database;
    }

    /**
     * Sums by group, in the order of the groups; of the ledger's daily sums, so that its length does not matter. Where
     * there are more than {@link #MOST_GROUPS}, one more than that.
     */
    public List<UsageSum> answer(UsageQuestion question) {
        String columns = question.by().stream().map(UsageSum.By::column).collect(Collectors.joining(", "));
        String sql = "select " + columns + (columns.isEmpty() ? "" : ", ") + "coalesce(sum(generations), 0), coalesce(sum(tokens_in), 0),"
                + " coalesce(sum(tokens_cached), 0), coalesce(sum(tokens_out), 0), coalesce(sum(money), 0) from usage_day"
                + " where used_on between ? and ?" + question.tenant().map(tenant -> " and tenant_id = ?").orElse("")
                + question.owner().map(owner -> " and owner = ?").orElse("")
                + (columns.isEmpty() ? "" : " group by " + columns + " order by " + columns) + " limit " + (MOST_GROUPS + 1);
        List<Object> parameters = new ArrayList<>(List.of(question.from(), question.to()));
        question.tenant().ifPresent(parameters::add);
        question.owner().ifPresent(parameters::add);
        return database.transact(connection -> {
            List<UsageSum> sums = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                Parameters.set(select, parameters.toArray());
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        List<String> group = new ArrayList<>();
                        int column = 1;
                        for (; column <= question.by().size(); column++) {
                            group.add(row.getString(column));
                        }
                        sums.add(new UsageSum(group, row.getLong(column), row.getLong(column + 1), row.getLong(column + 2),
                                row.getLong(column + 3), row.getLong(column + 4)));
                    }
                }
            }
            return sums;
        });
    }

    /** How policies stand now. */
    public List<Quota> quotas(List<UsagePolicy> policies, Instant now) {
        return database.transact(connection -> {
            List<Quota> quotas = new ArrayList<>();
            for (UsagePolicy policy : policies) {
                List<Quota.Budget> budgets = new ArrayList<>();
                for (Period period : policy.limits().periods()) {
                    budgets.addAll(budgets(policy, period, BudgetWindows.standing(connection, policy, period, now), now));
                }
                Optional<Meter> meter = Meters.find(connection, policy.id());
                quotas.add(new Quota(policy, meter.map(is -> is.standing(policy, now)).orElse(Standing.FREE), meter.map(Meter::running).orElse(0L), budgets));
            }
            return quotas;
        });
    }

    private static List<Quota.Budget> budgets(UsagePolicy policy, Period period, BudgetWindow.Account account, Instant now) {
        List<Quota.Budget> budgets = new ArrayList<>();
        policy.limits().tokens(period).ifPresent(limit -> budgets.add(new Quota.Budget(period, "tokens", limit, account.tokensSpent(),
                account.tokensReserved(), period.end(now))));
        policy.limits().money(period).ifPresent(limit -> budgets.add(new Quota.Budget(period, "money", limit, account.moneySpent(),
                account.moneyReserved(), period.end(now))));
        return budgets;
    }
}
