package org.altiplano.engine.store;

/** Hears how far a long operation is; called from the thread that runs it and often, so it must be quick. */
@FunctionalInterface
public interface Progress {

    /** Hears nothing. */
    Progress NONE = (phase, done, total) -> { };

    /**
     * @param phase what is going on, such as {@code Converting the weights}
     * @param done bytes so far
     * @param total bytes in all; 0 where that is not known
     */
    void report(String phase, long done, long total);
}
