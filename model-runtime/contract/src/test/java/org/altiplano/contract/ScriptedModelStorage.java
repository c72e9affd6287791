package org.altiplano.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A store whose jobs go on when a test says so. A path that begins with {@code ..} may not be taken; what a test says is held
 * cannot be removed. Any thread.
 */
public final class ScriptedModelStorage implements ModelStorage {

    private final Set<String> stored = new TreeSet<>();
    private final Set<String> held = new TreeSet<>();
    private final Map<String, StoreJob> jobs = new LinkedHashMap<>();
    private final List<ModelSource> sources = new ArrayList<>();

    /** A model that is in the store. */
    public synchronized ScriptedModelStorage with(String model) {
        stored.add(model);
        return this;
    }

    /** From now on the model is held in memory. */
    public synchronized void hold(String model) {
        held.add(model);
    }

    @Override
    public synchronized StoreJob store(ModelSource source) {
        if (source instanceof ModelSource.Folder folder && folder.path().startsWith("..")) {
            throw new FailureException(Failure.Code.INVALID_PARAMETER, "The path " + folder.path() + " is outside the import folder.");
        }
        if (stored.contains(source.name()) || jobs.values().stream().anyMatch(job -> job.model().equals(source.name()) && !job.isOver())) {
            throw new FailureException(Failure.Code.MODEL_IN_USE, "The model " + source.name() + " is in the store already or on its way.");
        }
        StoreJob job = new StoreJob("job-" + (jobs.size() + 1), source.name(), StoreJob.State.RUNNING, "Converting the weights", 25, 100, "", Instant.EPOCH);
        sources.add(source);
        jobs.put(job.id(), job);
        return job;
    }

    /** What was asked to be stored so far. */
    public synchronized List<ModelSource> sources() {
        return List.copyOf(sources);
    }

    /** The one job of this model that runs comes to an end. @param detail empty for a success */
    public synchronized void end(String model, String detail) {
        jobs.replaceAll((id, job) -> !job.model().equals(model) || job.isOver() ? job
                : job.at(detail.isEmpty() ? StoreJob.State.DONE : StoreJob.State.FAILED, "", 0, 0, detail));
        if (detail.isEmpty()) {
            stored.add(model);
        }
    }

    @Override
    public synchronized void cancel(String id) {
        jobs.computeIfPresent(id, (key, job) -> job.isOver() ? job : job.at(StoreJob.State.CANCELLED, "", 0, 0, ""));
    }

    @Override
    public synchronized void remove(String model) {
        if (held.contains(model)) {
            throw new FailureException(Failure.Code.MODEL_IN_USE, "The worker holds the model " + model + ".");
        }
        if (!stored.remove(model)) {
            throw new FailureException(Failure.Code.MODEL_NOT_FOUND, "The store has no model " + model + ".");
        }
    }

    @Override
    public synchronized List<StoreJob> jobs() {
        return List.copyOf(jobs.values());
    }

    /** Names of the models in the store. */
    public synchronized List<String> stored() {
        return List.copyOf(stored);
    }
}
