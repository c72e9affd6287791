package org.altiplano.platform.audit.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import org.altiplano.platform.tasks.control.PeriodicTasks;

/** Has the audit log told, on a managed thread, from how many more addresses keys were used than it has one by one. */
@ApplicationScoped
public class KeyAddressWatch {

    private static final Duration PERIOD = Duration.ofMinutes(10);

    @Inject
    private KeyAddresses addresses;
    @Inject
    private InstantSource clock;
    @Inject
    private PeriodicTasks tasks;

    /** To be called once, when the database is ready. */
    public void start() {
        tasks.every(PERIOD, () -> addresses.tell(clock.instant()), "The addresses that keys were used from could not be summed up");
    }
}
