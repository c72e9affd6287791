package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes for good, on a managed thread, the tenants whose grace is over. */
@ApplicationScoped
public class TenantRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(TenantRemoval.class);
    private static final Duration PERIOD = Duration.ofMinutes(10);

    @Inject
    private Tenants tenants;
    @Inject
    private Organizations organizations;
    @Inject
    private InstantSource clock;
    @Inject
    private PeriodicTasks tasks;

    /** To be called once, when the database is ready. */
    public void start() {
        tasks.every(PERIOD, this::look, "Tenants whose grace is over could not be deleted");
    }

    private void look() {
        Instant now = clock.instant();
        // First: what is gone here could not be found there any more.
        tenants.graceIsOver(now).forEach(organizations::remove);
        List<String> removed = tenants.removeThoseWhoseGraceIsOver(now);
        if (!removed.isEmpty()) {
            LOG.info("The tenants {} were deleted for good; what they used stays in the ledger.", removed);
        }
    }
}
