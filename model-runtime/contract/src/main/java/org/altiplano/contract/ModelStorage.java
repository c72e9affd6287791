package org.altiplano.contract;

import java.util.List;

/** Brings models into a worker's store and out of it. Owned by a worker; any thread. */
public interface ModelStorage {

    /**
     * Begins to bring a model in, or puts it behind others; returns at once, and {@link #jobs} tells how far it is.
     *
     * @throws FailureException INVALID_PARAMETER for a path that may not be taken; MODEL_IN_USE if the model is there already or on its way
     */
    StoreJob store(ModelSource source);

    /** Gives a job up, unless it is over; the store is then as before it. An unknown one is over. */
    void cancel(String job);

    /**
     * Deletes a model.
     *
     * @throws FailureException MODEL_NOT_FOUND if the store has none of that name; MODEL_IN_USE if the worker holds it or stores it just now
     */
    void remove(String model);

    /** The jobs that wait or run, and the latest that are over, in the order in which they were asked for. */
    List<StoreJob> jobs();
}
