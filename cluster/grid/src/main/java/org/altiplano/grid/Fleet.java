package org.altiplano.grid;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.altiplano.grid.hazelcast.ClusterListener;
import org.altiplano.grid.routing.Candidate;
import org.altiplano.grid.routing.Router;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.grid.wire.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a gateway's links to the workers: a link begins with a worker's first report and ends when its member leaves or
 * it hangs; should it report again, a new link begins. Fed by the cluster's event threads, asked from any thread; never blocks.
 */
final class Fleet implements ClusterListener, AutoCloseable {

    /** A link whose worker is silent for so long is dropped even if nobody said that it left. */
    private static final Duration FORGOTTEN = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final Map<String, WorkerLink> links = new ConcurrentHashMap<>();
    private final Set<WorkerLink> retiring = ConcurrentHashMap.newKeySet();
    private final Router router;
    private final Predicate<String> drained;
    private final InstantSource clock;
    private final Executor executor;

    /**
     * @param drained whether a worker, by name, is to get no new generations
     * @param executor runs the callbacks of all calls, serially for each
     */
    Fleet(Router router, Predicate<String> drained, InstantSource clock, Executor executor) {
        this.router = router;
        this.drained = drained;
        this.clock = clock;
        this.executor = executor;
    }

    @Override
    public void workerReported(WorkerStatus status) {
        Instant now = clock.instant();
        links.computeIfAbsent(status.incarnation(), key -> new WorkerLink(status, now, executor)).reported(status, now);
        retiring.removeIf(WorkerLink::isClosed);
        links.forEach((incarnation, link) -> {
            if (link.silence(now).compareTo(FORGOTTEN) > 0) {
                drop(incarnation);
            }
        });
    }

    @Override
    public void workerLeft(WorkerStatus status) {
        drop(status.incarnation());
    }

    /** Asks the workers that are generating for a sign of life; to be called every second. */
    void ping() {
        links.forEach((incarnation, link) -> link.ping(() -> {
            if (links.remove(incarnation, link)) {
                LOG.warn("The worker {} hangs; what it generates is given up.", link.status().id());
                retiring.add(link);
                link.cut();
            }
        }));
    }

    /** Sends one worker's model the prefixes that it is to keep, unless the worker is gone. */
    void pin(WorkerStatus worker, Wire.PinRequest request) {
        link(worker).ifPresent(link -> link.pin(request));
    }

    /** The connection to this start of a worker, unless it is gone. */
    Optional<WorkerLink> link(WorkerStatus worker) {
        return Optional.ofNullable(links.get(worker.incarnation()));
    }

    /** The workers, as last heard, by name. */
    List<WorkerStatus> workers() {
        return links.values().stream().map(link -> asWanted(link.status()))
                .sorted(Comparator.comparing(WorkerStatus::id).thenComparing(WorkerStatus::incarnation)).toList();
    }

    /** The link that a generation on this model should use, none of those already tried; empty if there is none. */
    Optional<WorkerLink> pick(String model, Set<String> tried) {
        List<Candidate> untried = candidates().stream()
                .filter(candidate -> !tried.contains(candidate.status().incarnation())).toList();
        return router.pick(model, untried).flatMap(this::link);
    }

    /** Why there is none, as a sentence for the caller. */
    String explain(String model) {
        return Router.explain(model, candidates());
    }

    /** Cuts all streams; returns when their listeners have been told, or after some seconds. */
    @Override
    public void close() {
        retiring.addAll(links.values());
        links.clear();
        retiring.forEach(WorkerLink::close);
    }

    private List<Candidate> candidates() {
        Instant now = clock.instant();
        return links.values().stream().map(link -> link.candidate(now))
                .map(each -> new Candidate(asWanted(each.status()), each.load(), each.doubtful())).toList();
    }

    /** A worker says itself that it was drained, but a moment later than it is wanted. */
    private WorkerStatus asWanted(WorkerStatus status) {
        return drained.test(status.id()) ? status.withDraining(true) : status;
    }

    private void drop(String incarnation) {
        WorkerLink link = links.remove(incarnation);
        if (link != null) {
            link.retire();
            retiring.add(link);
        }
    }
}
