package org.altiplano.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the orderly end of the process, on a thread of its own, from {@link #prepare} on: a signal may come before the worker
 * is up. When a process exits, the C library runs libtorch's destructors, and a thread that is inside libtorch then crashes.
 * So the end waits for those threads: here for the one that starts the worker, which loads libtorch, in {@link Worker#close}
 * for all others.
 */
final class Ending {

    /** A start that takes longer than this is left behind; it cannot have come to a model. */
    private static final Duration START = Duration.ofSeconds(12);

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final CompletableFuture<Optional<Worker>> started = new CompletableFuture<>();

    private Ending() {
    }

    static Ending prepare() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(ending::end, "ending"));
        return ending;
    }

    /** The worker is up: it is to be closed at the end. */
    void started(Worker worker) {
        started.complete(Optional.of(worker));
    }

    /** There will be no worker. */
    void failed() {
        started.complete(Optional.empty());
    }

    private void end() {
        try {
            started.get(START.toMillis(), TimeUnit.MILLISECONDS).ifPresent(Worker::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The worker ended before it was up.");
        }
    }
}
