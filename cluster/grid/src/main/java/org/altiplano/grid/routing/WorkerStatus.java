package org.altiplano.grid.routing;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.StoreJob;

/**
 * What a worker last said of itself.
 *
 * @param id name of the worker, such as {@code worker-1}
 * @param host where it takes generations
 * @param port TCP port of that
 * @param startedAt when its process started
 * @param draining whether it finishes what runs and takes nothing new
 * @param engine models, queue and memory
 * @param jobs what is on its way into its store, and what came to an end lately
 */
public record WorkerStatus(String id, String host, int port, Instant startedAt, boolean draining, EngineStatus engine,
                           List<StoreJob> jobs) {

    public WorkerStatus {
        Objects.requireNonNull(id);
        Objects.requireNonNull(host);
        Objects.requireNonNull(startedAt);
        Objects.requireNonNull(engine);
        jobs = List.copyOf(jobs);
    }

    /** The same, but for whether it takes anything new. */
    public WorkerStatus withDraining(boolean drains) {
        return new WorkerStatus(id, host, port, startedAt, drains, engine, jobs);
    }

    /** Tells this start of the worker from earlier ones, which may have had the same name and port. */
    public String incarnation() {
        return id + "@" + host + ":" + port + "/" + startedAt.toEpochMilli();
    }

    /** The model as this worker holds it; empty if it does not. */
    public Optional<EngineStatus.ModelStatus> model(String name) {
        return engine.models().stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /** Generations that wait or run here, of all models. */
    public int load() {
        return engine.models().stream().mapToInt(model -> model.queued() + model.running()).sum();
    }
}
