package org.altiplano.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What one step computed, in the order of the input's rows. */
public record StepOutput(List<Row> rows) {

    /**
     * @param token the drawn token, where one was to be drawn
     * @param logprob of the drawn token, where asked for
     * @param scores per target of {@link StepInput.Score}, in order, without those of -1
     */
    public record Row(OptionalInt token, Optional<Logprobs> logprob, List<Logprobs> scores) {
    }

    /**
     * Natural log-probabilities under the model's own distribution, before penalties and temperature.
     *
     * @param value of the token in question
     * @param topIds the most likely tokens, best first
     * @param topValues theirs
     */
    public record Logprobs(float value, int[] topIds, float[] topValues) {
    }
}
