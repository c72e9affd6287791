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

        /** Whether it is one token of an answer, or looks like that: the last of a prompt. */
        boolean isAnswer() {
            return count == 1 && draws();
        }

        private double attended() {
            return count * (position + (count - 1) / 2.0);
        }
    }

    /** Sequences that decode in it. */
    public int answers() {
        return (int) chunks.stream().filter(Chunk::isAnswer).count();
    }

    /** Tokens of prompts in it. */
    public int promptTokens() {
        return chunks.stream().filter(chunk -> !chunk.isAnswer()).mapToInt(Chunk::count).sum();
    }

    /** Tokens that those of prompts have before them, summed over these. */
    public double attended() {
        return chunks.stream().filter(chunk -> !chunk.isAnswer()).mapToDouble(Chunk::attended).sum();
    }
}
