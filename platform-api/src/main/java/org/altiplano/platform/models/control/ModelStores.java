package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.StoreJob;
import org.altiplano.grid.Grid;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * The workers' stores, as an administrator changes them. Owns nothing: what is under way is a worker's, and every gateway sees it in
 * that worker's reports. Any thread; each call waits for the worker's answer, which comes at once but for the deletion of large files.
 */
@ApplicationScoped
public class ModelStores {

    @Inject
    private Grid grid;
    @Inject
    private Placement placement;

    /** A job and the worker whose it is. */
    public record WorkerJob(String worker, StoreJob job) {
    }

    /** What is on its way into any store, and what came to an end lately; by worker, in the order of asking. */
    public List<WorkerJob> jobs() {
        return grid.workers().stream().flatMap(worker -> worker.jobs().stream().map(job -> new WorkerJob(worker.id(), job))).toList();
    }

    /** @param worker name of the one whose store it is for; empty: the only one that is up */
    public WorkerJob add(ModelSource source, Optional<String> worker) {
        WorkerStatus chosen = choose(worker);
        return new WorkerJob(chosen.id(), answer(grid.stores().store(chosen, source)));
    }

    private WorkerStatus choose(Optional<String> named) {
        List<WorkerStatus> workers = grid.workers();
        if (named.isPresent()) {
            return workers.stream().filter(worker -> worker.id().equals(named.get())).findFirst()
                    .orElseThrow(() -> Fields.problem("worker", "No worker '" + named.get() + "' is up."));
        }
        if (workers.isEmpty()) {
            throw new ProblemException(Problem.of(new Failure(Failure.Code.NO_WORKER, "No worker is up whose store could take the model.")));
        }
        if (workers.size() > 1) {
            throw Fields.problem("worker", "'worker' is required, since several are up: "
                    + workers.stream().map(WorkerStatus::id).collect(Collectors.joining(", ")) + ".");
        }
        return workers.get(0);
    }

    /** Gives a job up, unless it is over. @return false if there is none of that id */
    public boolean cancel(String id) {
        Optional<WorkerStatus> owner = grid.workers().stream()
                .filter(worker -> worker.jobs().stream().anyMatch(job -> job.id().equals(id))).findFirst();
        owner.ifPresent(worker -> answer(grid.stores().cancel(worker, id)));
        return owner.isPresent();
    }

    /** Deletes a model from the stores of all workers that are up. */
    public void remove(String model) {
        if (placement.models().contains(model)) {
            throw new ProblemException(Problem.of(new Failure(Failure.Code.MODEL_IN_USE,
                    "The model " + model + " is being served: stop serving it first.")));
        }
        List<WorkerStatus> having = grid.workers().stream().filter(worker -> worker.engine().stored().contains(model)).toList();
        if (having.isEmpty()) {
            throw new ProblemException(Problem.of(404, "No running worker has the model " + model + " in its store."));
        }
        having.forEach(worker -> removeFrom(worker, model));
    }

    private void removeFrom(WorkerStatus worker, String model) {
        try {
            grid.stores().remove(worker, model).toCompletableFuture().join();
        } catch (CompletionException refused) {
            // Workers of one machine may share a store: what the first has deleted is no longer there for the second.
            if (failure(refused).code() != Failure.Code.MODEL_NOT_FOUND) {
                throw problem(failure(refused));
            }
        }
    }

    private static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException refused) {
            throw problem(failure(refused));
        }
    }

    private static Failure failure(CompletionException refused) {
        return refused.getCause() instanceof FailureException known ? known.failure()
                : new Failure(Failure.Code.ENGINE_FAILED, "The worker could not answer.");
    }

    private static ProblemException problem(Failure failure) {
        return new ProblemException(failure.code() == Failure.Code.INVALID_PARAMETER ? Problem.parameter("path", failure.message())
                : Problem.of(failure));
    }
}
