package org.altiplano.platform.usage.entity;

import java.time.Instant;
import java.util.List;

/**
 * What one request asks to reserve.
 *
 * @param spender on whose account
 * @param model name of the model
 * @param price of its tokens; holds for this request even if the list changes
 * @param generations one per choice
 * @param policies all that bind the spender
 * @param submitted when it came
 */
public record Order(Spender spender, String model, Price price, List<Demand> generations, List<UsagePolicy> policies,
                    Instant submitted) {

    /**
     * What one generation may use at most.
     *
     * @param generationId unique
     * @param tokensIn of the prompt; 0 for a further answer to the same prompt, and where nobody counts
     * @param tokensOut of the answer; 0 where nobody counts
     */
    public record Demand(String generationId, long tokensIn, long tokensOut) {

        public long tokens() {
            return tokensIn + tokensOut;
        }
    }

    public Order {
        generations = List.copyOf(generations);
        policies = List.copyOf(policies);
    }

    public long tokens() {
        return tokensIn() + tokensOut();
    }

    public long tokensIn() {
        return generations.stream().mapToLong(Demand::tokensIn).sum();
    }

    public long tokensOut() {
        return generations.stream().mapToLong(Demand::tokensOut).sum();
    }

    public long money() {
        return generations.stream().mapToLong(this::money).sum();
    }

    public long money(Demand demand) {
        return price.of(demand.tokensIn(), 0, demand.tokensOut());
    }
}
