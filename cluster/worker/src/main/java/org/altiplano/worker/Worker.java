package org.altiplano.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Consumer;
import org.altiplano.engine.EngineHost;
import org.altiplano.engine.EngineSettings;
import org.altiplano.engine.StoredModels;
import org.altiplano.engine.model.ComputeProfile;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.TorchModelRunner;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.StoredModel;
import org.altiplano.grid.WorkerNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns everything that a worker process consists of: the engines over the local model store, what fills that store, the node in
 * the grid and the file that says that it is up. Started by the main thread, closed by the one that ends the process.
 */
final class Worker implements AutoCloseable {

    /** How long what is under way may go on once the worker shall end; whoever ends it waits a little longer. */
    static final Duration DRAIN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final EngineHost host;
    private final StoreJobs jobs;
    private final WorkerNode node;
    private final RunFile runFile;

    private Worker(EngineHost host, StoreJobs jobs, WorkerNode node, RunFile runFile) {
        this.host = host;
        this.jobs = jobs;
        this.node = node;
        this.runFile = runFile;
    }

    /**
     * @throws java.io.UncheckedIOException if an address cannot be had
     * @throws IOException if the file that says that it is up cannot be written
     */
    static Worker start(WorkerEnvironment environment, long pid, Instant startedAt) throws IOException {
        Path folder = environment.home().resolve("models");
        EngineHost host = EngineHost.create(StoredModels.of(new ModelStore(folder)),
                (model, progress) -> load(model, environment, progress), EngineSettings.DEFAULT,
                ComputeProfile.probe().name());
        StoreJobs jobs = new StoreJobs(folder, environment.imports(), name -> holds(host, name), InstantSource.system(),
                () -> UUID.randomUUID().toString().substring(0, 8));
        WorkerNode node;
        try {
            node = WorkerNode.start(environment.node(), host, jobs, startedAt);
        } catch (RuntimeException e) {
            jobs.close();
            host.close();
            throw e;
        }
        Worker worker = new Worker(host, jobs, node, new RunFile(environment.home(), environment.node().id()));
        try {
            worker.runFile.write(pid, node.grpcPort(), node.clusterPort());
        } catch (IOException e) {
            worker.close();
            throw e;
        }
        LOG.info("{} is up: generations on port {}, cluster on port {}.", environment.node().id(), node.grpcPort(),
                node.clusterPort());
        return worker;
    }

    private static boolean holds(EngineHost host, String model) {
        return host.status().models().stream().anyMatch(held -> held.name().equals(model));
    }

    private static ModelRunner load(StoredModel model, WorkerEnvironment environment,
                                    Consumer<String> progress) {
        ModelManifest manifest = model.manifest();
        long kvBytes = environment.kvBytes()
                .orElseGet(() -> TorchModelRunner.defaultKvBytes(manifest.config(), manifest.dtype()));
        return TorchModelRunner.load(manifest.config(), manifest.dtype(), model.weights(), kvBytes, progress);
    }

    /** Finishes what is under way, up to a bound, gives up what is being stored, leaves the cluster and frees the models. */
    @Override
    public void close() {
        try {
            LOG.info("Ending; {} generations are under way.", node.underWay());
            if (!node.drain(DRAIN)) {
                LOG.warn("{} generations were cut off.", node.underWay());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        node.close();
        jobs.close();
        host.close();
        try {
            runFile.delete();
        } catch (IOException e) {
            LOG.warn("The run file is left behind: {}", e.toString());
        }
    }
}
