package org.altiplano.engine;

import java.time.Duration;

/**
 * Owns the size of prefill chunks, on the engine's thread: as large as a step of the wished length allows. A small model
 * takes a thousand tokens in that time, a large one on a slow machine thirty. Powers of two, halved and doubled with a wide
 * dead band, so that the size settles.
 */
final class PrefillPace {

    private static final int LEAST = 32;

    private final int most;
    private final long target;
    private int tokens;

    PrefillPace(int most, Duration target) {
        this.most = Math.max(LEAST, Integer.highestOneBit(most));
        this.target = target.toNanos();
        this.tokens = Math.min(128, this.most);
    }

    /** Most prompt tokens for the next step. */
    int tokens() {
        return tokens;
    }

    /** Learns from a step; one that held fewer prompt tokens than allowed says nothing. */
    void observe(int prefillTokens, long nanos) {
        if (prefillTokens < tokens) {
            return;
        }
        if (nanos > target * 3 / 2) {
            tokens = Math.max(LEAST, tokens / 2);
        } else if (nanos < target / 2) {
            tokens = Math.min(most, tokens * 2);
        }
    }
}
