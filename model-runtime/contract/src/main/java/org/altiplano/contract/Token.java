package org.altiplano.contract;

import java.util.List;
import java.util.Optional;

/**
 * One token of a prompt or of an answer.
 *
 * @param id index in the vocabulary
 * @param bytes its text, which may be part of a character
 * @param logprob natural log-probability under the model's own distribution (before penalties and temperature), with
 *     the most likely alternatives, best first; empty if not asked for
 */
public record Token(int id, TokenBytes bytes, Optional<Logprob> logprob) {

    /** @param top the most likely tokens at this position, as many as were asked for */
    public record Logprob(float value, List<Candidate> top) {

        public Logprob {
            top = List.copyOf(top);
        }
    }

    /** A token that could have stood there. */
    public record Candidate(int id, TokenBytes bytes, float logprob) {
    }
}
