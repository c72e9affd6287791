package org.altiplano.contract;

import java.util.List;

/** Holds models in memory. Owned by a worker; the calls take effect in the background and show in {@link #status()}. */
public interface ModelHost {

    /** Loads a model of the local store, unless it is held already. */
    void serve(String model);

    /** Finishes what runs on a model, then frees it. */
    void unserve(String model);

    /**
     * Computes these prefixes and keeps them in the model's prefix cache, and no others, until it is told others or the model goes.
     *
     * @throws FailureException NO_WORKER or MODEL_NOT_FOUND unless it serves the model
     */
    void pin(String model, List<PinnedPrefix> prefixes);

    /** A snapshot, cheap enough to take every second. */
    EngineStatus status();
}
