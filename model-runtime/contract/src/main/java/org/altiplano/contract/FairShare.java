package org.altiplano.contract;

import java.util.Objects;

/**
 * Whose share of the engine a generation uses.
 *
 * @param key opaque; generations of equal key share one queue position
 * @param weight relative share of a key, above 0
 */
public record FairShare(String key, double weight) {

    /** One key for all: first come, first served. */
    public static final FairShare SINGLE = new FairShare("", 1);

    public FairShare {
        Objects.requireNonNull(key);
        if (!(weight > 0)) {
            throw new IllegalArgumentException("weight is out of range: " + weight);
        }
    }
}
