package org.altiplano.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.ModelStorage;
import org.altiplano.contract.StoreJob;
import org.altiplano.engine.store.ModelStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the jobs that bring models into the local store, from their asking until they are forgotten: one after the other, each in a
 * process of its own that the thread {@code store-jobs} listens to. Asked from any thread.
 */
final class StoreJobs implements ModelStorage, AutoCloseable {

    /** So many that are over are remembered, for whoever comes to see how they ended. */
    private static final int REMEMBERED = 20;

    private static final long PATIENCE_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(StoreJobs.class);

    private final Path folder;
    private final ModelStore store;
    private final ImportFolder imports;
    private final Predicate<String> held;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final Map<String, StoreJob> jobs = new LinkedHashMap<>(); // guarded by this, as the next
    private Optional<StoreProcess> running = Optional.empty();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "store-jobs");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param folder of the store
     * @param imports where checkpoints may be taken from
     * @param held whether a model is in memory here
     * @param ids what tells the jobs of a model apart, each another one
     */
    StoreJobs(Path folder, ImportFolder imports, Predicate<String> held, InstantSource clock, Supplier<String> ids) {
        this.folder = folder;
        this.store = new ModelStore(folder);
        this.imports = imports;
        this.held = held;
        this.clock = clock;
        this.ids = ids;
    }

    @Override
    public StoreJob store(ModelSource source) {
        Optional<Path> checkpoint = source instanceof ModelSource.Folder from ? Optional.of(imports.checkpoint(from.path())) : Optional.empty();
        synchronized (this) {
            if (isUnderWay(source.name())) {
                throw new FailureException(Failure.Code.MODEL_IN_USE, "The model " + source.name() + " is on its way into the store already.");
            }
            if (isStored(source.name())) {
                throw new FailureException(Failure.Code.MODEL_IN_USE,
                        "The store has a model " + source.name() + " already: remove it first, or choose another name.");
            }
            StoreJob job = new StoreJob(source.name() + "." + ids.get(), source.name(), StoreJob.State.WAITING, "", 0, 0, "", clock.instant());
            jobs.put(job.id(), job);
            worker.execute(() -> run(job.id(), source, checkpoint));
            return job;
        }
    }

    @Override
    public synchronized void cancel(String id) {
        StoreJob job = jobs.get(id);
        if (job == null || job.isOver()) {
            return;
        }
        if (job.state() == StoreJob.State.RUNNING) {
            running.ifPresent(StoreProcess::end);
        }
        jobs.put(id, job.at(StoreJob.State.CANCELLED, "", 0, 0, ""));
    }

    @Override
    public void remove(String model) {
        synchronized (this) {
            if (isUnderWay(model)) {
                throw new FailureException(Failure.Code.MODEL_IN_USE, "The model " + model + " is on its way into the store: cancel that first.");
            }
        }
        if (held.test(model)) {
            throw new FailureException(Failure.Code.MODEL_IN_USE, "A worker holds the model " + model + ": stop serving it first.");
        }
        if (!isStored(model)) {
            throw new FailureException(Failure.Code.MODEL_NOT_FOUND, "The store has no model " + model + ".");
        }
        try {
            store.remove(model);
            LOG.info("{} is removed from the store.", model);
        } catch (IOException e) {
            throw new FailureException(Failure.Code.ENGINE_FAILED, "The model " + model + " could not be removed: " + e.getMessage());
        }
    }

    @Override
    public synchronized List<StoreJob> jobs() {
        return List.copyOf(jobs.values());
    }

    /** Gives up what is under way, and waits until its process has cleared up. */
    @Override
    public void close() {
        Optional<StoreProcess> last;
        synchronized (this) {
            last = running;
            List.copyOf(jobs.keySet()).forEach(this::cancel);
        }
        worker.shutdown();
        last.ifPresent(StoreProcess::awaitEnd);
        try {
            // It clears up too; whoever closes may delete the store's folder afterwards.
            if (!worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("What is left of a model that was not stored could not be deleted in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String id, ModelSource source, Optional<Path> checkpoint) {
        Optional<String> failure;
        try {
            Optional<StoreProcess> process = start(id, source, checkpoint);
            if (process.isEmpty()) {
                return;
            }
            LOG.info("{} is being stored.", source.name());
            failure = process.get().hear(line -> further(id, line));
        } catch (IOException e) {
            failure = Optional.of("The model could not be stored: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        ended(id, failure);
    }

    /** Empty if it was given up before its turn. */
    private synchronized Optional<StoreProcess> start(String id, ModelSource source, Optional<Path> checkpoint) throws IOException {
        StoreJob job = jobs.get(id);
        if (job.isOver()) {
            return Optional.empty();
        }
        jobs.put(id, job.at(StoreJob.State.RUNNING, "Starting", 0, 0, ""));
        running = Optional.of(StoreProcess.start(folder, source, checkpoint));
        return running;
    }

    private synchronized void further(String id, StoreLine line) {
        jobs.computeIfPresent(id, (key, job) -> job.isOver() ? job : job.at(job.state(), line.phase(), line.done(), line.total(), ""));
    }

    private synchronized void ended(String id, Optional<String> failure) {
        running = Optional.empty();
        StoreJob job = jobs.get(id);
        if (!job.isOver()) {
            jobs.put(id, job.at(failure.isPresent() ? StoreJob.State.FAILED : StoreJob.State.DONE, "", 0, 0, failure.orElse("")));
        }
        LOG.info("{}: {}.", job.model(), jobs.get(id).state());
        if (jobs.get(id).state() != StoreJob.State.DONE) {
            clear();
        }
        List<String> over = new ArrayList<>(jobs.values().stream().filter(StoreJob::isOver).map(StoreJob::id).toList());
        over.subList(0, Math.max(0, over.size() - REMEMBERED)).forEach(jobs::remove);
    }

    /** Gives the disk back what a process that was ended left. */
    private void clear() {
        try {
            store.clear();
        } catch (IOException e) {
            LOG.warn("What is left of a model that was not stored could not be deleted: {}", e.toString());
        }
    }

    private boolean isUnderWay(String model) {
        return jobs.values().stream().anyMatch(job -> job.model().equals(model) && !job.isOver());
    }

    private boolean isStored(String model) {
        try {
            return store.find(model).isPresent();
        } catch (IOException damaged) {
            return true;
        }
    }
}
