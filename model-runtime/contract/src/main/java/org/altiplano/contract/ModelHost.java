package org.altiplano.contract;

/** Holds models in memory. Owned by a worker; the calls take effect in the background and show in {@link #status()}. */
public interface ModelHost {

    /** Loads a model of the local store, unless it is held already. */
    void serve(String model);

    /** Finishes what runs on a model, then frees it. */
    void unserve(String model);

    /** A snapshot, cheap enough to take every second. */
    EngineStatus status();
}
