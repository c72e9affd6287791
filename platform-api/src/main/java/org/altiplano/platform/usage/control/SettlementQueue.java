package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.altiplano.platform.usage.entity.Ended;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the generations that have ended and are not settled yet; any thread. One task at a time settles them: all that wait
 * in one transaction, which under load is what makes it fast. While the database is gone they wait here; what is not
 * written when the gateway dies is settled by another from the last checkpoint. The task ends with each failure: in an
 * application server a connection that broke is the task's until its end, and would be missing in the pool.
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
    private final ScheduledExecutorService tasks;
    private final Queue<Waiting> queue = new LinkedBlockingQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile boolean closed;

    public SettlementQueue(Consumer<List<Ended>> settlements, ScheduledExecutorService tasks) {
        this.settlements = settlements;
        this.tasks = tasks;
    }

    /** Settles a request's generations. Completes when that is written, or after a while all the same; never fails. */
    public CompletionStage<Void> add(List<Ended> ended) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        queue.add(new Waiting(ended, settled));
        begin();
        return settled.completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void begin() {
        if (!closed && !queue.isEmpty() && working.compareAndSet(false, true)) {
            submit(() -> tasks.execute(this::work));
        }
    }

    private void submit(Runnable submission) {
        try {
            submission.run();
        } catch (RejectedExecutionException e) {
            // The server is about to stop and begins nothing new: what waits is settled by close.
            working.set(false);
        }
    }

    private void work() {
        if (settleAll() || closed) {
            working.set(false);
            // For what came in between.
            begin();
        } else {
            submit(() -> tasks.schedule(this::work, AGAIN.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    /** @return false if something could not be settled, and waits */
    private boolean settleAll() {
        for (List<Waiting> batch = batch(); !batch.isEmpty(); batch = batch()) {
            try {
                settlements.accept(batch.stream().flatMap(one -> one.ended().stream()).toList());
            } catch (RuntimeException e) {
                LOG.warn("{} requests wait to be settled: {}", queue.size(), e.toString());
                return false;
            }
            batch.forEach(one -> {
                queue.remove();
                one.settled().complete(null);
            });
        }
        return true;
    }

    /** From the head on, where nobody else takes anything away. */
    private List<Waiting> batch() {
        List<Waiting> batch = new ArrayList<>();
        int generations = 0;
        for (Iterator<Waiting> waiting = queue.iterator(); waiting.hasNext();) {
            Waiting next = waiting.next();
            generations += next.ended().size();
            if (!batch.isEmpty() && generations > MOST_AT_ONCE) {
                return batch;
            }
            batch.add(next);
        }
        return batch;
    }

    @Override
    public void close() {
        close(List.of());
    }

    /** Settles what waits, on the caller's thread, for a while. @param last what has ended by that */
    void close(List<Ended> last) {
        closed = true;
        queue.add(new Waiting(last, new CompletableFuture<>()));
        long begin = System.nanoTime();
        try {
            while (!settledHere() && System.nanoTime() - begin < FAREWELL.toNanos()) {
                Thread.sleep(AGAIN.toMillis() / 10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!queue.isEmpty()) {
            LOG.warn("{} requests were not settled before the gateway ended.", queue.size());
        }
    }

    private boolean settledHere() {
        if (!working.compareAndSet(false, true)) {
            return false;
        }
        try {
            return settleAll();
        } finally {
            working.set(false);
        }
    }
}
