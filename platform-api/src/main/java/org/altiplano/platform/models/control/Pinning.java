package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.EngineStatus.Pin;
import org.altiplano.grid.Grid;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.platform.models.entity.PinRecord;
import org.altiplano.platform.tasks.control.PeriodicTasks;

/**
 * Sees to it that workers keep the pinned prefixes computed. The database remembers them; a managed thread compares them with
 * what each worker reports, and tells one that has others. So a worker that has just started, one that missed a message and
 * one that another gateway told something older all end up alike.
 */
@ApplicationScoped
public class Pinning {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    @Inject
    private Pins pins;
    @Inject
    private Grid grid;
    @Inject
    private PeriodicTasks tasks;

    /** Begins to tell the workers. To be called once, when the database is ready. */
    public void start() {
        tasks.every(PERIOD, this::tell, "The pinned prefixes could not be told to the workers");
    }

    /** Tells the workers of a change at once. */
    public synchronized void tell() {
        Map<String, Set<String>> wanted = pins.names();
        for (WorkerStatus worker : grid.workers()) {
            for (ModelStatus model : worker.engine().models()) {
                Set<String> held = model.prefixCache().pins().stream().map(Pin::id).collect(Collectors.toSet());
                if (model.state() == ModelState.SERVING && !held.equals(wanted.getOrDefault(model.name(), Set.of()))) {
                    grid.pin(worker, model.name(), pins.of(model.name()).stream().map(PinRecord::prefix).toList());
                }
            }
        }
    }

    /** How far a pin is, by worker. */
    public List<Map.Entry<String, Pin>> progress(PinRecord pin) {
        return grid.workers().stream().flatMap(worker -> worker.model(pin.model()).stream()
                .flatMap(model -> model.prefixCache().pins().stream()).filter(held -> held.id().equals(pin.prefix().id()))
                .map(held -> Map.entry(worker.id(), held))).toList();
    }
}
