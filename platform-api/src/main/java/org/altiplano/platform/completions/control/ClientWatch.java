package org.altiplano.platform.completions.control;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.tasks.control.PeriodicTasks;

/**
 * Owns the list of requests under way and looks every quarter of a second, on a managed thread, which clients have gone
 * or have stopped reading; their generations are cancelled, queued ones too.
 */
@ApplicationScoped
public class ClientWatch {

    private static final Duration PERIOD = Duration.ofMillis(250);

    private record Watched(CompletionRun run, ClientConnection connection, Stalls stalls) {
    }

    /** With how often in a row the connection was missing. */
    private final Map<Watched, Integer> watched = new ConcurrentHashMap<>();

    @Inject
    private PeriodicTasks tasks;

    @PostConstruct
    void start() {
        tasks.every(PERIOD, this::look, "Clients that have gone could not be looked for");
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
        SocketTable table = SocketTable.read();
        for (Watched request : requests) {
            if (gone(request, table.look(request.connection())) || request.stalls().stalled()) {
                watched.remove(request);
                request.run().cancel();
            }
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
