package org.altiplano.platform.workers.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.altiplano.grid.Grid;
import org.altiplano.platform.tasks.control.PeriodicTasks;

/**
 * Owns which workers an administrator has drained. The database remembers it, the grid's map tells it to gateways and workers; a
 * managed thread keeps the map as the database has it, also after the cluster was empty for a while.
 */
@ApplicationScoped
public class Draining {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    @Inject
    private DrainedWorkers remembered;
    @Inject
    private Grid grid;
    @Inject
    private PeriodicTasks tasks;

    /** Begins to tell the grid. To be called once, when the database is ready. */
    public void start() {
        publish();
        tasks.every(PERIOD, this::publish, "Which workers are drained could not be published");
    }

    /** Has a worker get no new generations, also after it or everything else has started again. */
    public void drain(String worker) {
        remembered.add(worker);
        publish();
    }

    /** @return whether it was drained */
    public boolean resume(String worker) {
        boolean was = remembered.remove(worker);
        publish();
        return was;
    }

    private synchronized void publish() {
        remembered.publish(grid.drained(), grid::drain, grid::resume);
    }
}
