package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.control.Settlements.Settled;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Owns the meters and windows that the orders of one transaction take from and that what it settles was taken from, from locking their
 * rows to writing them, on its thread: nobody else takes from them meanwhile, so that each order is judged by what all before it have
 * left. All transactions lock rows in one order: meters by policy, then windows.
 */
final class Accounts {

    private final Map<String, Meter> meters;
    private final Map<BudgetWindow.Key, BudgetWindow> windows;
    private final Set<Meter> changedMeters = new HashSet<>();
    private final Set<BudgetWindow> changedWindows = new HashSet<>();

    private Accounts(Map<String, Meter> meters, Map<BudgetWindow.Key, BudgetWindow> windows) {
        this.meters = meters;
        this.windows = windows;
    }

    /** Windows that an order is the first to take from are opened; what is settled finds its own or, where their policy is gone, none. */
    static Accounts lock(Connection connection, Collection<Order> orders, Collection<Settled> settled) throws SQLException {
        TreeSet<String> metered = new TreeSet<>();
        BudgetWindows.Wanted budgets = new BudgetWindows.Wanted();
        for (Order order : orders) {
            for (UsagePolicy policy : order.policies()) {
                if (policy.limits().metered()) {
                    metered.add(policy.id());
                }
                for (Period period : policy.limits().periods()) {
                    budgets.add(BudgetWindow.Key.of(policy, period, order.submitted()), Optional.of(policy));
                }
            }
        }
        for (Settled one : settled) {
            for (HeldOf account : one.heldOf()) {
                account.window(one.submitted()).ifPresentOrElse(key -> budgets.add(key, Optional.empty()), () -> metered.add(account.policyId()));
            }
        }
        return new Accounts(Meters.lock(connection, metered), BudgetWindows.lock(connection, budgets));
    }

    /** Turns what a generation held into what it used. */
    void settle(Settled one) {
        for (HeldOf account : one.heldOf()) {
            Optional<BudgetWindow.Key> window = account.window(one.submitted());
            if (window.isPresent()) {
                Optional.ofNullable(windows.get(window.get())).ifPresent(is -> {
                    is.settle(one);
                    changedWindows.add(is);
                });
            } else {
                Optional.ofNullable(meters.get(account.policyId())).ifPresent(is -> {
                    is.settle(one, account.rated());
                    changedMeters.add(is);
                });
            }
        }
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
                changedMeters.add(meter);
            }
            for (BudgetWindow window : windows(policy, order)) {
                window.take(order.tokens(), order.money());
                changedWindows.add(window);
            }
        }
        return standing;
    }

    void write(Connection connection) throws SQLException {
        Meters.write(connection, changedMeters);
        BudgetWindows.write(connection, changedWindows);
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
