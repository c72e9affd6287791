package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.grid.Grid;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.platform.models.entity.ModelView;

/** Puts together what catalogue, placement and workers know of the models. Owns nothing; any thread. */
@ApplicationScoped
public class Models {

    @Inject
    private Grid grid;
    @Inject
    private Placement placement;

    /** All models: those of the catalogue first, in its order, then others by name. */
    public List<ModelView> all() {
        List<WorkerStatus> workers = grid.workers();
        Set<String> placed = placement.models();
        Set<String> names = new LinkedHashSet<>();
        ModelCatalogue.ENTRIES.forEach(entry -> names.add(entry.name()));
        Set<String> others = new TreeSet<>(placed);
        workers.forEach(worker -> {
            others.addAll(worker.engine().stored());
            worker.engine().models().forEach(model -> others.add(model.name()));
        });
        names.addAll(others);
        return names.stream().map(name -> view(name, workers, placed.contains(name))).toList();
    }

    /** The models that answer now. */
    public List<ModelView> serving() {
        return all().stream().filter(model -> model.state().equals("serving")).toList();
    }

    public Optional<ModelView> find(String name) {
        return all().stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /** Changes when the answers of a model to the same seed may change: with its weights' format or the kernels. */
    public String fingerprint(String model) {
        Set<String> backends = new TreeSet<>();
        for (WorkerStatus worker : grid.workers()) {
            worker.model(model).filter(held -> held.state() == ModelState.SERVING)
                    .ifPresent(held -> backends.add(held.dtype() + "/" + worker.engine().computeProfile()));
        }
        CRC32 digest = new CRC32();
        digest.update((model + backends).getBytes(StandardCharsets.UTF_8));
        return String.format("fp_%08x", digest.getValue());
    }

    private static ModelView view(String name, List<WorkerStatus> workers, boolean placed) {
        List<ModelView.Held> held = new ArrayList<>();
        boolean stored = false;
        for (WorkerStatus worker : workers) {
            stored |= worker.engine().stored().contains(name);
            worker.model(name).ifPresent(status -> held.add(new ModelView.Held(worker.id(), status)));
        }
        return new ModelView(name, ModelCatalogue.find(name), placed, stored, held);
    }
}
