package org.altiplano.engine.scheduler;

import java.util.List;

/**
 * What to compute next.
 *
 * @param chunks at most one per sequence, decoding sequences first
 */
public record Step(List<Chunk> chunks) {

    public Step {
        chunks = List.copyOf(chunks);
    }

    /**
     * A run of one sequence's tokens.
     *
     * @param position place of the first token
     * @param count how many
     */
    public record Chunk(Sequence sequence, int position, int count) {

        /** Whether it reaches the sequence's end, so that a token is drawn after it. */
        public boolean draws() {
            return position + count == sequence.length();
        }
    }
}
