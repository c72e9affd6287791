package org.altiplano.engine;

import java.time.Duration;

/**
 * Owns the size of prefill chunks, on the engine's thread. Beside running answers a chunk takes nearly as long as their own
 * step, which so takes at most about twice its time: every stream goes on at half its pace or better while a long prompt
 * is computed. With no answer under way a chunk is as large as a step of the wished length allows. Both times are learnt from
 * the steps: a small model decodes in ten milliseconds, a large one on a slow machine in half a second.
 */
final class PrefillPace {

    /** Less makes the prompt slow and the answers hardly faster: the weights are read for every step. Also a block of KV memory. */
    static final int LEAST = 32;

    /** What prompts may add to a decode step, by its time; the rest up to twice is for what cannot be foreseen. */
    private static final double STALL = 0.8;

    /** How much one step counts against all before it. */
    private static final double FRESH = 0.2;

    /** A step that took this much longer than expected was disturbed from outside. */
    private static final double DISTURBED = 3;

    private final int most;
    private final double target;
    private double decodeNanos;
    private double nanosPerToken;

    /**
     * @param most tokens in a chunk
     * @param target how long a step of prompts alone should take
     */
    PrefillPace(int most, Duration target) {
        this.most = Math.max(LEAST, most / LEAST * LEAST);
        this.target = target.toNanos();
    }

    /**
     * Most prompt tokens for the next step.
     *
     * @param decoding whether answers are under way
     */
    int tokens(boolean decoding) {
        if (nanosPerToken == 0) {
            return decoding ? LEAST : Math.min(128, most);
        }
        double allowed = decoding ? STALL * decodeNanos : target;
        int tokens = (int) Math.min(most, allowed / nanosPerToken);
        return Math.max(LEAST, tokens / LEAST * LEAST);
    }

    /**
     * Learns from a step.
     *
     * @param answers sequences in it that decoded
     * @param prompt tokens of prompts in it
     */
    void observe(int answers, int prompt, long nanos) {
        if (prompt == 0) {
            decodeNanos = learn(decodeNanos, nanos);
        } else if (answers == 0) {
            // A short chunk is mostly the cost of any step and says little about a token.
            if (prompt >= LEAST) {
                nanosPerToken = learn(nanosPerToken, (double) nanos / prompt);
            }
        } else if (decodeNanos == 0) {
            decodeNanos = Math.max(nanos / 2.0, nanos - prompt * nanosPerToken);
        } else if (prompt >= LEAST) {
            nanosPerToken = learn(nanosPerToken, Math.max(0.1 * nanos, nanos - decodeNanos) / prompt);
        }
    }

    private static double learn(double known, double seen) {
        return known == 0 ? seen : known + FRESH * (Math.min(seen, DISTURBED * known) - known);
    }
}
