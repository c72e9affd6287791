package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import org.altiplano.grid.Grid;
import org.altiplano.platform.tasks.control.PeriodicTasks;

/**
 * Owns which models are to be served. The database remembers it, the grid's map tells it to the workers; a managed
 * thread keeps the map as the database has it, also after the cluster was empty for a while.
 */
@ApplicationScoped
public class Placement {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    @Inject
    private PlacedModels remembered;
    @Inject
    private Grid grid;
    @Inject
    private PeriodicTasks tasks;

    /** Begins to tell the workers. To be called once, when the database is ready. */
    public void start() {
        publish();
        tasks.every(PERIOD, this::publish, "The placement of models could not be published");
    }

    public Set<String> models() {
        return remembered.names();
    }

    public void place(String model) {
        remembered.add(model);
        publish();
    }

    /** @return whether it was placed */
    public boolean displace(String model) {
        boolean was = remembered.remove(model);
        publish();
        return was;
    }

    private synchronized void publish() {
        remembered.publish(grid.placement(), grid::place, grid::displace);
    }
}
