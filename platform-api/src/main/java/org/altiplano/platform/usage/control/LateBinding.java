package org.altiplano.platform.usage.control;

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
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Owns the generations that are under way while a policy that binds them is set, from locking their reservations to putting them on the
 * policy's accounts, on its transaction's thread: they count among its generations at once from now on, and in its budgets with what they
 * hold, and when they end with what they used. Its rates they leave alone, since they began before them.
 */
final class LateBinding {

    private static final String LOCK = "select generation_id, submitted_at, tokens_held, money_held, held_of from usage_reservation where tenant_id = ?";

    private record Running(String generationId, Instant submitted, long tokens, long money, List<HeldOf> heldOf) {

        boolean isOn(String policy, Optional<Period> period) {
            return heldOf.stream().anyMatch(account -> account.policyId().equals(policy) && account.period().equals(period));
        }
    }

    private record Sum(long tokens, long money) {

        Sum and(Running one) {
            return new Sum(tokens + one.tokens(), money + one.money());
        }
    }

    private final UsagePolicy policy;
    private final List<Running> running;

    private LateBinding(UsagePolicy policy, List<Running> running) {
        this.policy = policy;
        this.running = running;
    }

    /**
     * Locks the reservations, in the order of all transactions. To be done before what was used is counted: what is settled before that
     * is in it, and what is settled after it finds the policy's accounts in its reservation.
     */
    static LateBinding lock(Connection connection, UsagePolicy policy) throws SQLException {
        List<Object> parameters = new ArrayList<>(List.of(policy.tenant()));
        String whose = switch (policy.scope()) {
            case TENANT -> "";
            case OWNER -> " and owner = ?";
            case KEY -> " and key_id = any(?)";
        };
        switch (policy.scope()) {
            case TENANT -> { }
            case OWNER -> parameters.add(policy.subject());
            case KEY -> parameters.add(heirs(connection, policy.subject()).toArray(String[]::new));
        }
        List<Running> running = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LOCK + whose + " order by generation_id for update")) {
            Parameters.set(select, parameters.toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    running.add(new Running(row.getString("generation_id"), Parameters.instant(row, "submitted_at"), row.getLong("tokens_held"),
                            row.getLong("money_held"), HeldOf.parse(row.getString("held_of"))));
                }
            }
        }
        return new LateBinding(policy, running);
    }

    /** A key and those that took its place, which its limits bind too. */
    private static List<String> heirs(Connection connection, String key) throws SQLException {
        List<String> heirs = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select replaced_by from api_key where id = ? and replaced_by is not null")) {
            for (String next = key; !next.isEmpty() && !heirs.contains(next);) {
                heirs.add(next);
                select.setString(1, next);
                try (ResultSet row = select.executeQuery()) {
                    next = row.next() ? row.getString(1) : "";
                }
            }
        }
        return heirs;
    }

    /** Puts them on those accounts of the policy that they are not on yet. */
    void bind(Connection connection, Instant now) throws SQLException {
        long joined = 0;
        Map<BudgetWindow.Key, Sum> taken = new TreeMap<>();
        try (PreparedStatement update = connection.prepareStatement("update usage_reservation set held_of = ? where generation_id = ?")) {
            for (Running one : running) {
                List<HeldOf> heldOf = new ArrayList<>(one.heldOf());
                if (policy.limits().metered() && !one.isOn(policy.id(), Optional.empty())) {
                    heldOf.add(HeldOf.running(policy.id()));
                    joined++;
                }
                for (Period period : policy.limits().periods()) {
                    // One that began yesterday is of yesterday's budget, of which there is none.
                    if (!one.isOn(policy.id(), Optional.of(period)) && period.start(one.submitted()).equals(period.start(now))) {
                        heldOf.add(HeldOf.window(policy.id(), period));
                        BudgetWindow.Key key = BudgetWindow.Key.of(policy, period, now);
                        taken.put(key, taken.getOrDefault(key, new Sum(0, 0)).and(one));
                    }
                }
                if (heldOf.size() > one.heldOf().size()) {
                    Parameters.set(update, HeldOf.text(heldOf), one.generationId());
                    update.addBatch();
                }
            }
            if (joined > 0 || !taken.isEmpty()) {
                update.executeBatch();
            }
        }
        if (joined > 0) {
            Meters.join(connection, policy.id(), joined);
        }
        BudgetWindows.Wanted wanted = new BudgetWindows.Wanted();
        taken.keySet().forEach(key -> wanted.add(key, Optional.of(policy)));
        Map<BudgetWindow.Key, BudgetWindow> windows = BudgetWindows.lock(connection, wanted);
        taken.forEach((key, sum) -> Optional.ofNullable(windows.get(key)).ifPresent(window -> window.take(sum.tokens(), sum.money())));
        BudgetWindows.write(connection, windows.values());
    }
}
