package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * One policy's budget of one day or month, as SQL on its row of {@code usage_window}. What is reserved and what is spent
 * never exceed it together: one conditional update reserves, and the database lets one of these at a time at the row.
 */
final class BudgetWindow {

    private static final String RESERVE = "update usage_window set tokens_reserved = tokens_reserved + ?, money_reserved = money_reserved + ?"
            + " where policy_id = ? and period = ? and starts_at = ?"
            + " and tokens_spent + tokens_reserved + ? <= ? and money_spent + money_reserved + ? <= ?";
    /** What the tenant, owner or key has used since the period began, before it had a budget. */
    private static final String USED = "select coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(money), 0) from usage_day"
            + " where tenant_id = ? and used_on >= ?";
    /** Not for a policy that was deleted a moment ago. */
    private static final String OPEN = "insert into usage_window (policy_id, period, starts_at, tokens_spent, tokens_reserved, money_spent,"
            + " money_reserved) select id, cast(? as varchar(8)), cast(? as timestamp with time zone), cast(? as bigint), 0, cast(? as bigint), 0"
            + " from usage_policy where id = ?";
    private static final String SETTLE = "update usage_window set tokens_reserved = tokens_reserved - ?, money_reserved = money_reserved - ?,"
            + " tokens_spent = tokens_spent + ?, money_spent = money_spent + ? where policy_id = ? and period = ? and starts_at = ?";
    private static final String READ = "select tokens_spent, tokens_reserved, money_spent, money_reserved from usage_window"
            + " where policy_id = ? and period = ? and starts_at = ?";
    private static final long ANY_AMOUNT = Long.MAX_VALUE;

    /** What is on a window's account. Money in billionths of the currency. */
    record Account(long tokensSpent, long tokensReserved, long moneySpent, long moneyReserved) {

        long tokens() {
            return tokensSpent + tokensReserved;
        }

        long money() {
            return moneySpent + moneyReserved;
        }
    }

    private final UsagePolicy policy;
    private final Period period;
    private final Instant start;

    BudgetWindow(UsagePolicy policy, Period period, Instant now) {
        this.policy = policy;
        this.period = period;
        this.start = period.start(now);
    }

    /** @throws ProblemException 429 if the budget has no room */
    void reserve(Connection connection, long tokens, long money, Instant now) throws SQLException {
        if (update(connection, tokens, money)) {
            return;
        }
        Optional<Account> account = read(connection);
        if (account.isEmpty()) {
            open(connection);
            if (update(connection, tokens, money)) {
                return;
            }
            account = read(connection);
        }
        // A policy that was deleted a moment ago limits nothing any more.
        if (account.isPresent()) {
            throw refusal(account.get(), tokens, money, now);
        }
    }

    private ProblemException refusal(Account account, long tokens, long money, Instant now) throws SQLException {
        if (account.tokens() > policy.limits().tokens(period).orElse(ANY_AMOUNT) - tokens) {
            return Refusals.budget(policy, period, "tokens", Duration.between(now, period.end(now)));
        }
        if (account.money() > policy.limits().money(period).orElse(ANY_AMOUNT) - money) {
            return Refusals.budget(policy, period, "money", Duration.between(now, period.end(now)));
        }
        throw Database.again("A generation has ended and made room.");
    }

    private boolean update(Connection connection, long tokens, long money) throws SQLException {
        try (PreparedStatement reserve = connection.prepareStatement(RESERVE)) {
            Parameters.set(reserve, tokens, money, policy.id(), period.word(), start, tokens, policy.limits().tokens(period).orElse(ANY_AMOUNT),
                    money, policy.limits().money(period).orElse(ANY_AMOUNT));
            return reserve.executeUpdate() == 1;
        }
    }

    /** Fails where another transaction has opened the window at the same time; the whole is then repeated. */
    private void open(Connection connection) throws SQLException {
        Account used = used(connection);
        try (PreparedStatement open = connection.prepareStatement(OPEN)) {
            Parameters.set(open, period.word(), start, used.tokensSpent(), used.moneySpent(), policy.id());
            open.executeUpdate();
        }
    }

    private Account used(Connection connection) throws SQLException {
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
    void recount(Connection connection) throws SQLException {
        Account used = used(connection);
        try (PreparedStatement recount = connection.prepareStatement(
                "update usage_window set tokens_spent = ?, money_spent = ? where policy_id = ? and period = ? and starts_at = ?")) {
            Parameters.set(recount, used.tokensSpent(), used.moneySpent(), policy.id(), period.word(), start);
            recount.executeUpdate();
        }
    }

    /** What is on the account; before its first reservation what the ledger says. */
    Account standing(Connection connection) throws SQLException {
        Optional<Account> account = read(connection);
        return account.isPresent() ? account.get() : used(connection);
    }

    private Optional<Account> read(Connection connection) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            Parameters.set(read, policy.id(), period.word(), start);
            try (ResultSet row = read.executeQuery()) {
                return row.next() ? Optional.of(new Account(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))) : Optional.empty();
            }
        }
    }

    /** Turns what was reserved into what was spent. */
    static void settle(Connection connection, String policyId, String period, Instant start, long tokensHeld, long moneyHeld,
                       long tokensSpent, long moneySpent) throws SQLException {
        try (PreparedStatement settle = connection.prepareStatement(SETTLE)) {
            Parameters.set(settle, tokensHeld, moneyHeld, tokensSpent, moneySpent, policyId, period, start);
            settle.executeUpdate();
        }
    }
}
