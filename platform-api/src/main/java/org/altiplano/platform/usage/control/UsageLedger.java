package org.altiplano.platform.usage.control;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Standing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns this gateway's generations from reservation to settlement, and its lease, which managed tasks settle and renew.
 * It also settles what dead gateways have left behind.
 */
@ApplicationScoped
public class UsageLedger {

    private static final Logger LOG = LoggerFactory.getLogger(UsageLedger.class);
    private static final int MOST_ORPHANS_AT_ONCE = 100;

    @Inject
    private Database database;
    @Inject
    private InstantSource clock;
    @Resource
    private ManagedScheduledExecutorService scheduler;
    @Inject
    private PeriodicTasks tasks;

    private final String gateway = UUID.randomUUID().toString();
    private final Map<String, RunningGeneration> running = new ConcurrentHashMap<>();
    private Bookings bookings;
    private Settlements settlements;
    private GatewayLease lease;
    private SettlementQueue queue;

    /** To be called once, when the database is ready. */
    public void start() {
        bookings = new Bookings(database, gateway);
        settlements = new Settlements(database);
        lease = new GatewayLease(database, gateway, System::nanoTime);
        queue = new SettlementQueue(bookings::settle, scheduler);
        lease.renew(List.of());
        tasks.every(GatewayLease.PERIOD, this::renew, "The gateway's lease could not be renewed");
    }

    /**
     * Settles all that is known before anything else of the application ends, so that the next start finds nothing to wait
     * for. What is still running ends with what it has given out until now: nobody will hear more of it.
     */
    void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
        Optional.ofNullable(queue).ifPresent(started -> started.close(running.values().stream().map(one -> one.stopped(clock.instant())).toList()));
    }

    /** Reserves what a request may use. @param generations those of the order */
    Standing reserve(Order order, List<RunningGeneration> generations) {
        lease.renewIfRunOut();
        // What may be reserved, and is not used, must not be held for ever.
        Standing standing = bookings.reserve(order, () -> queue.add(generations.stream().map(one -> one.dropped(clock.instant())).toList()));
        generations.forEach(one -> running.put(one.id(), one));
        return standing;
    }

    /** Settles a request's generations. Completes when that is written, or after a while all the same; never fails. */
    public CompletionStage<Void> settle(List<Ended> ended) {
        ended.forEach(one -> running.remove(one.generationId()));
        return queue.add(ended);
    }

    private void renew() {
        lease.renew(running.values());
        if (lease.mayBury()) {
            bury();
        }
    }

    private void bury() {
        List<Ended> orphans = settlements.orphans(clock.instant(), MOST_ORPHANS_AT_ONCE);
        while (!orphans.isEmpty()) {
            int settled = settlements.settle(orphans);
            if (settled > 0) {
                LOG.warn("{} generations of a gateway that is gone were settled.", settled);
            }
            orphans = settlements.orphans(clock.instant(), MOST_ORPHANS_AT_ONCE);
        }
        lease.forgetTheDead();
    }
}
