package org.altiplano.contract;

import java.util.OptionalInt;

/**
 * What is reported besides text and token ids.
 *
 * @param logprobs absent: none; else log-probabilities of the drawn tokens and of so many most likely ones, 0 to 20
 * @param echo whether the prompt is reported first, with log-probabilities if {@code logprobs} is present
 */
public record OutputOptions(OptionalInt logprobs, boolean echo) {

    /** Text and token ids only. */
    public static final OutputOptions NONE = new OutputOptions(OptionalInt.empty(), false);

    public OutputOptions {
        if (logprobs.isPresent() && (logprobs.getAsInt() < 0 || logprobs.getAsInt() > 20)) {
            throw new IllegalArgumentException("logprobs is out of range: " + logprobs.getAsInt());
        }
    }
}
