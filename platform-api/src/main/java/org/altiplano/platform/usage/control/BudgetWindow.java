package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Owns the account of one policy's day or month, as its row of {@code usage_window} has it while a transaction holds it, on that
 * one's thread. What is reserved and what is spent never exceed the budget together.
 */
final class BudgetWindow {

    private static final long ANY_AMOUNT = Long.MAX_VALUE;

    /** Which row. */
    record Key(String policyId, Period period, Instant start) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparing(Key::policyId).thenComparing(key -> key.period().word())
                .thenComparing(Key::start);

        static Key of(UsagePolicy policy, Period period, Instant now) {
            return new Key(policy.id(), period, period.start(now));
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** What is on a window's account. Money in billionths of the currency. */
    record Account(long tokensSpent, long tokensReserved, long moneySpent, long moneyReserved) {

        long tokens() {
            return tokensSpent + tokensReserved;
        }

        long money() {
            return moneySpent + moneyReserved;
        }
    }

    private final Key key;
    private Account account;

    BudgetWindow(Key key, Account account) {
        this.key = key;
        this.account = account;
    }

    Key key() {
        return key;
    }

    Account account() {
        return account;
    }

    /** @throws ProblemException 429 if the budget has no room for an order */
    void check(UsagePolicy policy, Order order) {
        if (account.tokens() > policy.limits().tokens(key.period()).orElse(ANY_AMOUNT) - order.tokens()) {
            throw refusal(policy, "tokens", order.submitted());
        }
        if (account.money() > policy.limits().money(key.period()).orElse(ANY_AMOUNT) - order.money()) {
            throw refusal(policy, "money", order.submitted());
        }
    }

    private ProblemException refusal(UsagePolicy policy, String unit, Instant now) {
        return Refusals.budget(policy, key.period(), unit, Duration.between(now, key.period().end(now)));
    }

    /** Reserves so much, whatever room there is. */
    void take(long tokens, long money) {
        account = new Account(account.tokensSpent(), account.tokensReserved() + tokens, account.moneySpent(), account.moneyReserved() + money);
    }

    /** Turns what an ended generation had reserved into what it spent. */
    void settle(Settlements.Settled one) {
        account = new Account(account.tokensSpent() + one.ended().tokensIn() + one.ended().tokensOut(),
                account.tokensReserved() - one.inHeld() - one.outHeld(), account.moneySpent() + one.money(), account.moneyReserved() - one.moneyHeld());
    }
}
