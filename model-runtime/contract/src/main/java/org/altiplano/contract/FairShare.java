package org.altiplano.contract;

import java.util.Objects;

/**
 * Whose share of the engine a generation uses.
 *
 * @param key opaque; generations of equal key and priority share one queue position
 * @param weight relative share of a key, above 0
 * @param priority which generations come before it, whatever their key
 */
public record FairShare(String key, double weight, Priority priority) {

    /** One key for all: first come, first served. */
    public static final FairShare SINGLE = new FairShare("", 1);

    public FairShare {
        Objects.requireNonNull(key);
        Objects.requireNonNull(priority);
        if (!(weight > 0)) {
            throw new IllegalArgumentException("weight is out of range: " + weight);
        }
    }

    /** Interactive. */
    public FairShare(String key, double weight) {
        this(key, weight, Priority.INTERACTIVE);
    }
}
