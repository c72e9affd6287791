package org.altiplano.engine.sampling;

/**
 * A drawn token.
 *
 * @param sound whether the logits were numbers; if not, the rest means nothing
 * @param token its id
 * @param logprob its natural log-probability under the model's own distribution; 0 where not asked for
 * @param topIds the most likely tokens, best first
 * @param topLogprobs theirs
 */
public record Drawn(boolean sound, int token, float logprob, int[] topIds, float[] topLogprobs) {
}
