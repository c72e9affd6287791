package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.altiplano.platform.usage.entity.Ended;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the generations that have ended and are not settled yet, and the thread that settles them: all that wait in one
 * transaction, which under load is what makes it fast. While the database is gone they wait here; what is not written
 * when the gateway dies is settled by another from the last checkpoint.
 */
public final class SettlementQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SettlementQueue.class);
    /** Generations in one transaction; a request that has more of them is settled alone. */
    private static final int MOST_AT_ONCE = 256;
    private static final Duration AGAIN = Duration.ofMillis(500);
    /** How long an answer's end is held back for its settlement. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private record Waiting(List<Ended> ended, CompletableFuture<Void> settled) {
    }

    private final Consumer<List<Ended>> settlements;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    public SettlementQueue(Consumer<List<Ended>> settlements, ThreadFactory threads) {
        this.settlements = settlements;
        this.thread = threads.newThread(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Settles a request's generations. Completes when that is written, or after a while all the same; never fails. */
    public CompletionStage<Void> add(List<Ended> ended) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        queue.add(new Waiting(ended, settled));
        return settled.completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    settle(batch(first));
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{} requests were not settled before the gateway ended.", queue.size());
        }
    }

    /** This thread alone takes from the head, so that what it has seen there it also gets. */
    private List<Waiting> batch(Waiting first) {
        List<Waiting> batch = new ArrayList<>(List.of(first));
        int generations = first.ended().size();
        for (Waiting next = queue.peek(); next != null && generations + next.ended().size() <= MOST_AT_ONCE; next = queue.peek()) {
            generations += next.ended().size();
            batch.add(queue.remove());
        }
        return batch;
    }

    private void settle(List<Waiting> batch) throws InterruptedException {
        while (true) {
            try {
                settlements.accept(batch.stream().flatMap(one -> one.ended().stream()).toList());
                batch.forEach(one -> one.settled().complete(null));
                return;
            } catch (RuntimeException e) {
                LOG.warn("{} requests wait to be settled: {}", batch.size() + queue.size(), e.toString());
                Thread.sleep(AGAIN.toMillis());
            }
        }
    }

    /** Settles what waits, for a while. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(FAREWELL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
