package org.altiplano.platform.workers.control;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.altiplano.grid.Grid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns which workers an administrator has drained. The database remembers it, the grid's map tells it to gateways and workers; a
 * managed thread keeps the map as the database has it, also after the cluster was empty for a while.
 */
@ApplicationScoped
public class Draining {

    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);
    private static final long PERIOD_SECONDS = 2;

    @Inject
    private DrainedWorkers remembered;
    @Inject
    private Grid grid;
    @Resource
    private ManagedScheduledExecutorService scheduler;
    private Optional<ScheduledFuture<?>> publishing = Optional.empty();

    /** Begins to tell the grid. To be called once, when the database is ready. */
    public void start() {
        publish();
        publishing = Optional.of(scheduler.scheduleWithFixedDelay(this::publishAgain, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS));
    }

    @PreDestroy
    void stop() {
        publishing.ifPresent(task -> task.cancel(false));
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
        // In this order: what another gateway drains or resumes between the two is then only said again, and not taken back.
        Set<String> told = grid.drained();
        Set<String> wanted = remembered.names();
        wanted.stream().filter(worker -> !told.contains(worker)).forEach(grid::drain);
        told.stream().filter(worker -> !wanted.contains(worker)).forEach(grid::resume);
    }

    private void publishAgain() {
        try {
            publish();
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warn("Which workers are drained could not be published: {}", e.toString());
        }
    }
}
