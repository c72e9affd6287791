package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.control.BudgetWindow.Account;
import org.altiplano.platform.usage.control.BudgetWindow.Key;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** The table {@code usage_window}, as SQL; owns nothing. A row belongs to the transaction that has locked it, until it is done. */
final class BudgetWindows {

    private static final String WRITE = "update usage_window set tokens_spent = ?, tokens_reserved = ?, money_spent = ?, money_reserved = ?"
            + " where policy_id = ? and period = ? and starts_at = ?";
    /** What the tenant, owner or key has used since the period began, before it had a budget. */
    private static final String USED = "select coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(money), 0) from usage_day"
            + " where tenant_id = ? and used_on >= ?";
    /** Not for a policy that was deleted a moment ago. */
    private static final String OPEN = "insert into usage_window (policy_id, period, starts_at, tokens_spent, tokens_reserved, money_spent,"
            + " money_reserved) select id, cast(? as varchar(8)), cast(? as timestamp with time zone), cast(? as bigint), 0, cast(? as bigint), 0"
            + " from usage_policy where id = ?";
    private static final String READ = "select * from usage_window where policy_id = ? and period = ? and starts_at = ?";

    /** Which windows a transaction is about, each with the policy to open it for, if it may be opened. */
    static final class Wanted {

        private final SortedMap<Key, Optional<UsagePolicy>> windows = new TreeMap<>();

        void add(Key key, Optional<UsagePolicy> openedFor) {
            windows.merge(key, openedFor, (before, more) -> before.or(() -> more));
        }
    }

    private BudgetWindows() {
    }

    /** These windows, in the order of all transactions; those that there were not yet are opened where they may be. */
    static Map<Key, BudgetWindow> lock(Connection connection, Wanted wanted) throws SQLException {
        Map<Key, BudgetWindow> windows = new HashMap<>();
        if (wanted.windows.isEmpty()) {
            return windows;
        }
        TreeSet<Instant> starts = new TreeSet<>();
        TreeSet<String> policies = new TreeSet<>();
        wanted.windows.keySet().forEach(key -> {
            starts.add(key.start());
            policies.add(key.policyId());
        });
        try (PreparedStatement select = connection.prepareStatement("select * from usage_window where policy_id = any(?) and starts_at in ("
                + Parameters.marks(starts.size()) + ") order by policy_id, period, starts_at for update")) {
            List<Object> parameters = new ArrayList<>();
            parameters.add(policies.toArray(String[]::new));
            parameters.addAll(starts);
            Parameters.set(select, parameters.toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Key key = new Key(row.getString("policy_id"), Period.of(row.getString("period")),
                            Parameters.instant(row, "starts_at"));
                    windows.put(key, new BudgetWindow(key, account(row)));
                }
            }
        }
        for (Map.Entry<Key, Optional<UsagePolicy>> one : wanted.windows.entrySet()) {
            if (one.getValue().isPresent() && !windows.containsKey(one.getKey())) {
                open(connection, one.getKey(), one.getValue().get()).ifPresent(window -> windows.put(one.getKey(), window));
            }
        }
        return windows;
    }

    /** Fails where another transaction has opened the window at the same time; the whole is then repeated. */
    private static Optional<BudgetWindow> open(Connection connection, Key key, UsagePolicy policy) throws SQLException {
        Account used = used(connection, policy, key.start());
        try (PreparedStatement open = connection.prepareStatement(OPEN)) {
            Parameters.set(open, key.period().word(), key.start(), used.tokensSpent(), used.moneySpent(), key.policyId());
            return open.executeUpdate() == 1 ? Optional.of(new BudgetWindow(key, used)) : Optional.empty();
        }
    }

    /** Writes back what was locked. */
    static void write(Connection connection, Collection<BudgetWindow> windows) throws SQLException {
        if (windows.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(WRITE)) {
            for (BudgetWindow one : windows) {
                Account now = one.account();
                Parameters.set(update, now.tokensSpent(), now.tokensReserved(), now.moneySpent(), now.moneyReserved(), one.key().policyId(),
                        one.key().period().word(), one.key().start());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    private static Account used(Connection connection, UsagePolicy policy, Instant start) throws SQLException {
        String whose = switch (policy.scope()) {
            case TENANT -> "";
            case OWNER -> " and owner = ?";
            case KEY -> " and key_id = ?";
        };
        try (PreparedStatement used = connection.prepareStatement(USED + whose)) {
            Parameters.set(used, policy.tenant(), start.atOffset(ZoneOffset.UTC).toLocalDate());
            if (!whose.isEmpty()) {
                used.setString(3, policy.subject());
            }
            try (ResultSet row = used.executeQuery()) {
                row.next();
                return new Account(row.getLong(1), 0, row.getLong(2), 0);
            }
        }
    }

    /**
     * Counts anew what was used, from the ledger: while there was no budget for the period nobody counted. What is
     * reserved stays.
     */
    static void recount(Connection connection, UsagePolicy policy, Period period, Instant now) throws SQLException {
        Account used = used(connection, policy, period.start(now));
        try (PreparedStatement recount = connection.prepareStatement(
                "update usage_window set tokens_spent = ?, money_spent = ? where policy_id = ? and period = ? and starts_at = ?")) {
            Parameters.set(recount, used.tokensSpent(), used.moneySpent(), policy.id(), period.word(), period.start(now));
            recount.executeUpdate();
        }
    }

    /** What is on an account; before its first reservation what the ledger says. */
    static Account standing(Connection connection, UsagePolicy policy, Period period, Instant now) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            Parameters.set(read, policy.id(), period.word(), period.start(now));
            try (ResultSet row = read.executeQuery()) {
                return row.next() ? account(row) : used(connection, policy, period.start(now));
            }
        }
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(row.getLong("tokens_spent"), row.getLong("tokens_reserved"), row.getLong("money_spent"), row.getLong("money_reserved"));
    }
}
