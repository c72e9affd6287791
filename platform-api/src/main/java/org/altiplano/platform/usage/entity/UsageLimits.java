package org.altiplano.platform.usage.entity;

import java.util.OptionalLong;

/**
 * What a usage policy allows; an absent limit is none.
 *
 * @param requestsPerMinute HTTP requests
 * @param tokensPerMinute of prompts and answers together
 * @param concurrentGenerations under way at once
 * @param maxContext longest prompt and answer together, in tokens
 * @param tokensPerDay of prompts and answers together
 * @param tokensPerMonth of prompts and answers together
 * @param moneyPerDay in billionths of the currency
 * @param moneyPerMonth in billionths of the currency
 */
public record UsageLimits(OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, OptionalLong concurrentGenerations,
                          OptionalLong maxContext, OptionalLong tokensPerDay, OptionalLong tokensPerMonth,
                          OptionalLong moneyPerDay, OptionalLong moneyPerMonth) {

    /** No limit at all. */
    public static final UsageLimits NONE = new UsageLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    public OptionalLong tokens(Period period) {
        return period == Period.DAY ? tokensPerDay : tokensPerMonth;
    }

    public OptionalLong money(Period period) {
        return period == Period.DAY ? moneyPerDay : moneyPerMonth;
    }

    /** Whether there is a budget for a period. */
    public boolean budgets(Period period) {
        return tokens(period).isPresent() || money(period).isPresent();
    }

    /** Whether rates or generations at once are limited. */
    public boolean metered() {
        return requestsPerMinute.isPresent() || tokensPerMinute.isPresent() || concurrentGenerations.isPresent();
    }

    /** Whether a request's tokens must be known before it may begin. */
    public boolean countsTokens() {
        return tokensPerMinute.isPresent() || maxContext.isPresent() || budgets(Period.DAY) || budgets(Period.MONTH);
    }
}
