package org.altiplano.platform.tenants.control;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes for good, on a managed thread, the tenants whose grace is over. */
@ApplicationScoped
public class TenantRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(TenantRemoval.class);
    private static final long PERIOD_MINUTES = 10;

    @Inject
    private Tenants tenants;
    @Inject
    private Organizations organizations;
    @Inject
    private InstantSource clock;
    @Resource
    private ManagedScheduledExecutorService scheduler;
    private Optional<ScheduledFuture<?>> looking = Optional.empty();

    /** To be called once, when the database is ready. */
    public void start() {
        looking = Optional.of(scheduler.scheduleWithFixedDelay(this::look, 0, PERIOD_MINUTES, TimeUnit.MINUTES));
    }

    @PreDestroy
    void stop() {
        looking.ifPresent(task -> task.cancel(false));
    }

    private void look() {
        try {
            Instant now = clock.instant();
            // First: what is gone here could not be found there any more.
            tenants.graceIsOver(now).forEach(organizations::remove);
            List<String> removed = tenants.removeThoseWhoseGraceIsOver(now);
            if (!removed.isEmpty()) {
                LOG.info("The tenants {} were deleted for good; what they used stays in the ledger.", removed);
            }
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warn("Tenants whose grace is over could not be deleted: {}", e.toString());
        }
    }
}
