package org.altiplano.platform.models.control;

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
 * Owns which models are to be served. The database remembers it, the grid's map tells it to the workers; a managed
 * thread keeps the map as the database has it, also after the cluster was empty for a while.
 */
@ApplicationScoped
public class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
    private static final long PERIOD_SECONDS = 2;

    @Inject
    private PlacedModels remembered;
    @Inject
    private Grid grid;
    @Resource
    private ManagedScheduledExecutorService scheduler;
    private Optional<ScheduledFuture<?>> publishing = Optional.empty();

    /** Begins to tell the workers. To be called once, when the database is ready. */
    public void start() {
        publish();
        publishing = Optional.of(scheduler.scheduleWithFixedDelay(this::publishAgain, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS));
    }

    @PreDestroy
    void stop() {
        publishing.ifPresent(task -> task.cancel(false));
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
        // In this order: what another gateway places or displaces between the two is then only said again, and not taken back.
        Set<String> told = grid.placement();
        Set<String> wanted = remembered.names();
        wanted.stream().filter(model -> !told.contains(model)).forEach(grid::place);
        told.stream().filter(model -> !wanted.contains(model)).forEach(grid::displace);
    }

    private void publishAgain() {
        try {
            publish();
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warn("The placement of models could not be published: {}", e.toString());
        }
    }
}
