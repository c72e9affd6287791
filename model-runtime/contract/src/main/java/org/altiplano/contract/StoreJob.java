package org.altiplano.contract;

import java.time.Instant;
import java.util.Objects;

/**
 * How far the way of a model into a worker's store is.
 *
 * @param id stands for this very attempt
 * @param model its name in the store
 * @param phase what is going on, such as {@code Converting the weights}
 * @param done bytes of the phase so far
 * @param total bytes of the phase in all; 0 where that is not known
 * @param detail why it failed, as a sentence; else empty
 * @param startedAt when it was asked for
 */
public record StoreJob(String id, String model, State state, String phase, long done, long total, String detail, Instant startedAt) {

    /** From WAITING to one of the last three, each of which is its end. */
    public enum State { WAITING, RUNNING, DONE, FAILED, CANCELLED }

    public StoreJob {
        Objects.requireNonNull(id);
        Objects.requireNonNull(startedAt);
    }

    public boolean isOver() {
        return state != State.WAITING && state != State.RUNNING;
    }

    /** The same, further on. */
    public StoreJob at(State state, String phase, long done, long total, String detail) {
        return new StoreJob(id, model, state, phase, done, total, detail, startedAt);
    }
}
