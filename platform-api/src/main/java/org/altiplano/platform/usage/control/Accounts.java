package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Owns the meters and windows that the orders of one transaction take from, from locking their rows to writing them, on its thread:
 * nobody else takes from them meanwhile, so that each order is judged by what all before it have left. All transactions lock rows in
 * one order: meters by policy, then windows.
 */
final class Accounts {

    private final Map<String, Meter> meters;
    private final Map<BudgetWindow.Key, BudgetWindow> windows;
    private final Set<Meter> takenMeters = new HashSet<>();
    private final Set<BudgetWindow> takenWindows = new HashSet<>();

    private Accounts(Map<String, Meter> meters, Map<BudgetWindow.Key, BudgetWindow> windows) {
        this.meters = meters;
        this.windows = windows;
    }

    static Accounts lock(Connection connection, List<Order> orders) throws SQLException {
        TreeSet<String> metered = new TreeSet<>();
        TreeMap<BudgetWindow.Key, UsagePolicy> budgets = new TreeMap<>();
        for (Order order : orders) {
            for (UsagePolicy policy : order.policies()) {
                if (policy.limits().metered()) {
                    metered.add(policy.id());
                }
                for (Period period : policy.limits().periods()) {
                    budgets.put(BudgetWindow.Key.of(policy, period, order.submitted()), policy);
                }
            }
        }
        return new Accounts(Meters.lock(connection, metered), BudgetWindows.lock(connection, budgets));
    }

    /** Takes what an order asks for of every account, or nothing. @throws ProblemException 429 if one has no room */
    Standing take(Order order) {
        List<UsagePolicy> policies = order.policies().stream().sorted(Comparator.comparing(UsagePolicy::id)).toList();
        policies.forEach(policy -> meter(policy).forEach(meter -> meter.check(policy, order)));
        policies.forEach(policy -> windows(policy, order).forEach(window -> window.check(policy, order)));
        Standing standing = Standing.FREE;
        for (UsagePolicy policy : policies) {
            for (Meter meter : meter(policy)) {
                standing = standing.and(meter.take(policy, order));
                takenMeters.add(meter);
            }
            for (BudgetWindow window : windows(policy, order)) {
                window.take(order);
                takenWindows.add(window);
            }
        }
        return standing;
    }

    void write(Connection connection) throws SQLException {
        Meters.write(connection, takenMeters);
        BudgetWindows.write(connection, takenWindows);
    }

    /** None where nothing is metered, or the policy was deleted a moment ago and limits nothing any more. */
    private List<Meter> meter(UsagePolicy policy) {
        return policy.limits().metered() && meters.containsKey(policy.id()) ? List.of(meters.get(policy.id())) : List.of();
    }

    private List<BudgetWindow> windows(UsagePolicy policy, Order order) {
        return policy.limits().periods().stream()
                .map(period -> BudgetWindow.Key.of(policy, period, order.submitted())).filter(windows::containsKey).map(windows::get).toList();
    }
}
