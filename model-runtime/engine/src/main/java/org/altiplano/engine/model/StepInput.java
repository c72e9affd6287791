package org.altiplano.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.altiplano.contract.SamplingParams;

/** What one step computes: for each sequence in it, a run of its tokens (one in decode, many in prefill). */
public record StepInput(List<Row> rows) {

    /**
     * The next tokens of one sequence.
     *
     * @param blocks the sequence's KV memory: token p lies in block {@code blocks[p / 32]}, place {@code p % 32}; at least as many
     *     as the row's last token needs, and entries 0 .. position-1 are filled
     * @param position place of the first token in the sequence
     * @param tokens ids, at least one
     * @param draw how to draw the token after the last one; empty in a prefill chunk that is not the last
     * @param score log-probabilities wanted for given next tokens; empty if none
     */
    public record Row(int[] blocks, int position, int[] tokens, Optional<Draw> draw, Optional<Score> score) {
    }

    /**
     * How a token is drawn.
     *
     * @param params temperature, filters, penalties and bias
     * @param uniform in [0, 1), chooses within the filtered distribution; unused when greedy
     * @param prompt the sequence's prompt, for the repetition penalty; empty where that is off
     * @param output what the sequence has generated, for the penalties; empty where these are off
     * @param forbidden ids that cannot be drawn (end of sequence before min_tokens)
     * @param logprobs how many most likely tokens to report beside the drawn one; empty: report nothing
     */
    public record Draw(SamplingParams params, double uniform, int[] prompt, int[] output, int[] forbidden,
                       OptionalInt logprobs) {
    }

    /**
     * Log-probabilities of known next tokens.
     *
     * @param targets per token of the row the id that follows it, -1 for none
     * @param top how many most likely tokens to report
     */
    public record Score(int[] targets, int top) {
    }
}
