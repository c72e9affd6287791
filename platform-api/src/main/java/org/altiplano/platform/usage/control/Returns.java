package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeMap;
import org.altiplano.platform.usage.entity.Ended;

/**
 * Owns what the generations that a transaction settles have held of each meter and window and what they used instead, summed up, until
 * it is written; one thread. It is written in the order of all transactions: meters by policy, then windows.
 */
final class Returns {

    private final TreeMap<String, Meters.Unused> meters = new TreeMap<>();
    private final TreeMap<BudgetWindow.Key, BudgetWindows.Settled> windows = new TreeMap<>();

    void add(Settlements.Settled one) {
        one.heldOf().forEach(account -> account.window(one.submitted()).ifPresentOrElse(key -> add(key, one), () -> add(account, one)));
    }

    private void add(HeldOf account, Settlements.Settled one) {
        Ended ended = one.ended();
        String policy = account.policyId();
        meters.merge(policy, account.rated() ? new Meters.Unused(policy, 1, one.inHeld() - ended.tokensIn(), one.outHeld() - ended.tokensOut())
                : new Meters.Unused(policy, 1, 0, 0),
                (before, more) -> new Meters.Unused(policy, before.generations() + 1, before.tokensIn() + more.tokensIn(),
                        before.tokensOut() + more.tokensOut()));
    }

    private void add(BudgetWindow.Key key, Settlements.Settled one) {
        Ended ended = one.ended();
        windows.merge(key, new BudgetWindows.Settled(key, one.inHeld() + one.outHeld(), one.moneyHeld(), ended.tokensIn() + ended.tokensOut(), one.money()),
                (before, more) -> new BudgetWindows.Settled(key, before.tokensHeld() + more.tokensHeld(), before.moneyHeld() + more.moneyHeld(),
                        before.tokensSpent() + more.tokensSpent(), before.moneySpent() + more.moneySpent()));
    }

    void write(Connection connection) throws SQLException {
        Meters.give(connection, List.copyOf(meters.values()));
        BudgetWindows.settle(connection, List.copyOf(windows.values()));
    }
}
