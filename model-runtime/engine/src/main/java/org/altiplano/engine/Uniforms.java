package org.altiplano.engine;

/**
 * Numbers in [0, 1) made from a seed and a token's place alone: whatever else is in the batch, and however often a sequence
 * is preempted, its n-th token is drawn with the same number. SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) used as a
 * counter-based generator.
 */
final class Uniforms {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private Uniforms() {
    }

    static double at(long seed, int index) {
        return (mix(mix(seed) + (index + 1L) * GAMMA) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
