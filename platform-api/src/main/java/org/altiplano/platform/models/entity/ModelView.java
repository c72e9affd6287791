package org.altiplano.platform.models.entity;

import java.util.List;
import java.util.Optional;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.ModelCatalogue;

/**
 * What is known of a model on the whole platform.
 *
 * @param entry its catalogue entry
 * @param placed whether it is to be served
 * @param stored whether a running worker has it in its store
 * @param held how workers hold it
 */
public record ModelView(String name, Optional<ModelCatalogue.Entry> entry, boolean placed, boolean stored, List<Held> held) {

    /** A model on a worker. */
    public record Held(String worker, ModelStatus status) {
    }

    public ModelView {
        held = List.copyOf(held);
    }

    /** The held one that says most about the model: one that serves, else one that loads, else one that failed. */
    public Optional<ModelStatus> best() {
        return held.stream().map(Held::status).min((a, b) -> Integer.compare(rank(a), rank(b)));
    }

    /** {@code serving}, {@code loading}, {@code failed}, {@code stored} or {@code known}. */
    public String state() {
        return best().filter(status -> rank(status) < 3).map(status -> switch (status.state()) {
            case SERVING -> "serving";
            case LOADING -> "loading";
            default -> "failed";
        }).orElse(stored ? "stored" : "known");
    }

    private static int rank(ModelStatus status) {
        return switch (status.state()) {
            case SERVING -> 0;
            case LOADING -> 1;
            case FAILED -> 2;
            case DRAINING -> 3;
        };
    }
}
