package org.altiplano.grid.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;

/**
 * Chooses the worker for a generation: filter, score, pick. Pure; owns nothing but its source of randomness, which is
 * used from any thread.
 */
public final class Router {

    private static final Comparator<Scored> BEST_FIRST = Comparator.comparing(Scored::doubtful)
            .thenComparingInt(Scored::load)
            .thenComparingDouble(Scored::kvPressure);

    private final RandomGenerator random;

    /** @param random breaks ties; must be safe to share between threads */
    public Router(RandomGenerator random) {
        this.random = random;
    }

    /** The worker that should take a generation on this model; empty if none can. */
    public Optional<WorkerStatus> pick(String model, List<Candidate> candidates) {
        List<Scored> ranked = candidates.stream()
                .filter(candidate -> serves(candidate.status(), model))
                .map(candidate -> score(candidate, model))
                .sorted(BEST_FIRST)
                .toList();
        List<Scored> equals = ranked.stream().filter(scored -> BEST_FIRST.compare(scored, ranked.get(0)) == 0).toList();
        return equals.isEmpty() ? Optional.empty() : Optional.of(equals.get(random.nextInt(equals.size())).worker());
    }

    /** Why no worker could be picked, as a sentence for the caller. */
    public static String explain(String model, List<Candidate> candidates) {
        List<WorkerStatus> workers = candidates.stream().map(Candidate::status).toList();
        Optional<ModelStatus> loading = held(workers, model, ModelState.LOADING);
        if (loading.isPresent()) {
            String detail = loading.get().detail();
            return "The model " + model + " is loading" + (detail.isEmpty() ? "; try again soon." : ": " + detail);
        }
        Optional<ModelStatus> failed = held(workers, model, ModelState.FAILED);
        if (failed.isPresent()) {
            return "The model " + model + " could not be loaded: " + failed.get().detail();
        }
        if (workers.isEmpty()) {
            return "No worker is up to serve the model " + model + ".";
        }
        if (workers.stream().noneMatch(worker -> worker.engine().stored().contains(model))) {
            return "No worker has the model " + model + " in its store.";
        }
        return "No worker serves the model " + model + " right now.";
    }

    private static Optional<ModelStatus> held(List<WorkerStatus> workers, String model, ModelState state) {
        return workers.stream().flatMap(worker -> worker.model(model).stream())
                .filter(held -> held.state() == state).findFirst();
    }

    private static boolean serves(WorkerStatus worker, String model) {
        return !worker.draining() && worker.model(model).filter(held -> held.state() == ModelState.SERVING).isPresent();
    }

    private static Scored score(Candidate candidate, String model) {
        double pressure = candidate.status().model(model)
                .map(held -> held.kvCapacityTokens() == 0 ? 0 : (double) held.kvUsedTokens() / held.kvCapacityTokens())
                .orElse(0.0);
        return new Scored(candidate.status(), candidate.doubtful(), candidate.load(), pressure);
    }

    private record Scored(WorkerStatus worker, boolean doubtful, int load, double kvPressure) {
    }
}
