package org.altiplano.platform.usage.entity;

import java.time.Instant;
import java.util.List;

/**
 * How a policy stands at a moment.
 *
 * @param policy whose limits these are
 * @param standing of its rates
 * @param running generations under way
 * @param budgets one for each that the policy has
 */
public record Quota(UsagePolicy policy, Standing standing, long running, List<Budget> budgets) {

    public Quota {
        budgets = List.copyOf(budgets);
    }

    /**
     * One budget.
     *
     * @param period how long it lasts
     * @param unit {@code tokens} or {@code money}, the latter in billionths of the currency
     * @param limit what may be used
     * @param spent what was used
     * @param reserved what generations under way hold
     * @param resets when a new one begins
     */
    public record Budget(Period period, String unit, long limit, long spent, long reserved, Instant resets) {

        public long remaining() {
            return Math.max(0, limit - spent - reserved);
        }
    }
}
