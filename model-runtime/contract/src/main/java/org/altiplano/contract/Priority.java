package org.altiplano.contract;

/** Who goes first when there is not room for all. */
public enum Priority {

    /** Somebody waits for the answer. */
    INTERACTIVE,

    /** Runs in what interactive work leaves over, and gives way to it; under a lasting load of that it may wait for ever. */
    BATCH
}
