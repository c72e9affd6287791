package org.altiplano.platform.completions.control;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the list of requests under way and looks every quarter of a second, on a managed thread, which clients have gone
 * or have stopped reading; their generations are cancelled, queued ones too.
 */
@ApplicationScoped
public class ClientWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final long PERIOD_MILLIS = 250;

    private record Watched(CompletionRun run, ClientConnection connection, Stalls stalls) {
    }

    /** With how often in a row the connection was missing. */
    private final Map<Watched, Integer> watched = new ConcurrentHashMap<>();

    @Resource
    private ManagedScheduledExecutorService scheduler;
    private ScheduledFuture<?> looking;

    @PostConstruct
    void start() {
        looking = scheduler.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        looking.cancel(false);
    }

    /** Watches a request until it has ended. */
    public void follow(CompletionRun run, ClientConnection connection, Stalls stalls) {
        Watched request = new Watched(run, connection, stalls);
        watched.put(request, 0);
        run.ended().whenComplete((usage, failure) -> watched.remove(request));
    }

    private void look() {
        // First who is watched, then the table: a connection that comes in between must not count as missing.
        List<Watched> requests = List.copyOf(watched.keySet());
        if (requests.isEmpty()) {
            return;
        }
        try {
            SocketTable table = SocketTable.read();
            for (Watched request : requests) {
                if (gone(request, table.look(request.connection())) || request.stalls().stalled()) {
                    watched.remove(request);
                    request.run().cancel();
                }
            }
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("Clients that have gone could not be looked for.", e);
        }
    }

    private boolean gone(Watched request, SocketTable.Sight sight) {
        return switch (sight) {
            case CLOSED -> true;
            case OPEN -> {
                watched.replace(request, 0);
                yield false;
            }
            case MISSING -> {
                Integer misses = watched.computeIfPresent(request, (key, before) -> before + 1);
                yield misses != null && misses >= 2;
            }
        };
    }
}
