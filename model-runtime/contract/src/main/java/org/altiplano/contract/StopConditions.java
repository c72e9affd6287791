package org.altiplano.contract;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * When a generation ends.
 *
 * @param maxTokens most tokens to generate, at least 1; absent: as many as the context holds
 * @param minTokens no end-of-sequence or stop token, and no stop string, ends it before so many tokens
 * @param strings texts that end it; none of their characters is given out
 * @param tokenIds tokens that end it, besides the model's end-of-sequence tokens
 * @param ignoreEos whether the model's own end-of-sequence tokens do not end it
 */
public record StopConditions(OptionalInt maxTokens, int minTokens, List<String> strings, Set<Integer> tokenIds,
                             boolean ignoreEos) {

    /** Ends at the model's end of sequence or when the context is full. */
    public static final StopConditions NONE = new StopConditions(OptionalInt.empty(), 0, List.of(), Set.of(), false);

    public StopConditions {
        strings = List.copyOf(strings);
        tokenIds = Set.copyOf(tokenIds);
        if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
            throw new IllegalArgumentException("max_tokens is out of range: " + maxTokens.getAsInt());
        }
        if (minTokens < 0 || minTokens > maxTokens.orElse(Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("min_tokens is out of range: " + minTokens);
        }
        if (strings.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop holds an empty string");
        }
    }

    /** Ends after exactly or at most so many tokens. */
    public static StopConditions after(int maxTokens) {
        return new StopConditions(OptionalInt.of(maxTokens), 0, List.of(), Set.of(), false);
    }
}
