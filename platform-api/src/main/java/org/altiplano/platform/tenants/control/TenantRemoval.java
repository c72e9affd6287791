package org.altiplano.platform.tenants.control;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes for good, on a managed thread, the tenants whose grace is over. What it was at when it was stopped or failed it goes on with at
 * the next start, or after a while.
 */
@ApplicationScoped
public class TenantRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(TenantRemoval.class);
    private static final Duration PERIOD = Duration.ofMinutes(10);

    @Inject
    private TenantErasure erasure;
    @Inject
    private Organizations organizations;
    @Inject
    private InstantSource clock;
    @Inject
    private PeriodicTasks tasks;
    private volatile boolean stopped;

    /** To be called once, when the database is ready. */
    public void start() {
        tasks.every(PERIOD, this::look, "Tenants whose grace is over could not be looked for");
    }

    @PreDestroy
    void stop() {
        stopped = true;
    }

    private void look() {
        Instant now = clock.instant();
        erasure.due(now).forEach(tenant -> remove(tenant, now));
    }

    /** One that cannot be deleted does not keep the others. */
    private void remove(String tenant, Instant now) {
        try {
            // First: what is gone here could not be found there any more.
            organizations.remove(tenant);
            boolean over = false;
            while (!over && !stopped) {
                over = erasure.next(tenant, now);
            }
            if (over) {
                LOG.info("The tenant {} was deleted for good; what it used stays in the ledger.", tenant);
            }
        } catch (RuntimeException e) {
            LOG.warn("The tenant {}, whose grace is over, could not be deleted: {}", tenant, e.toString());
        }
    }
}
