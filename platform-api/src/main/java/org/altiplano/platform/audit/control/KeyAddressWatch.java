package org.altiplano.platform.audit.control;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the audit log told, on a managed thread, from how many more addresses keys were used than it has one by one. */
@ApplicationScoped
public class KeyAddressWatch {

    private static final Logger LOG = LoggerFactory.getLogger(KeyAddressWatch.class);
    private static final long PERIOD_MINUTES = 10;

    @Inject
    private KeyAddresses addresses;
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
            addresses.tell(clock.instant());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warn("The addresses that keys were used from could not be summed up: {}", e.toString());
        }
    }
}
