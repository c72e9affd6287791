package org.altiplano.platform.database.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Owns the questions that threads wait to have answered, and answers all that wait at once, on the thread of one of them: a
 * commit or a query for many costs little more than for one. Where several had come at once, the next are given a moment to gather; a
 * thread that is alone waits for nobody. One whose own question is answered leaves the rest to the first that waits; all others wake
 * only to an answer. If they woke one after the other instead, as they would for a lock, many would take longer than the answer.
 */
public final class Together<Q, A> {

    /** @param woken when there is an answer, or it is the question's own thread that answers next */
    private record Waiting<Q, A>(Q question, CompletableFuture<A> answer, CompletableFuture<Void> woken) {
    }

    private final int most;
    private final Duration gathering;
    private final Function<List<Q>, List<A>> answers;
    private final Queue<Waiting<Q, A>> waiting = new ConcurrentLinkedQueue<>();
    /** Whether some thread answers, or has been woken to. */
    private final AtomicBoolean working = new AtomicBoolean();
    // Of the thread that answers.
    private boolean several;
    private long begun;

    /** Gives nobody time to gather. */
    public Together(int most, Function<List<Q>, List<A>> answers) {
        this(most, Duration.ZERO, answers);
    }

    /**
     * @param most questions at once
     * @param gathering time from one beginning to the next, where several had come at once
     * @param answers one for each question, in their order; called by one thread at a time; what it throws is thrown to all
     */
    public Together(int most, Duration gathering, Function<List<Q>, List<A>> answers) {
        this.most = most;
        this.gathering = gathering;
        this.answers = answers;
    }

    /** Blocks until the question is answered. */
    public A ask(Q question) {
        Waiting<Q, A> own = new Waiting<>(question, new CompletableFuture<>(), new CompletableFuture<>());
        waiting.add(own);
        boolean leads = working.compareAndSet(false, true);
        if (!leads) {
            own.woken().join();
            leads = !own.answer().isDone();
        }
        if (leads) {
            while (!own.answer().isDone()) {
                answer();
            }
            handOver();
        }
        try {
            return own.answer().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** Questions that nobody has begun to answer. */
    int waiting() {
        return waiting.size();
    }

    private void handOver() {
        do {
            Waiting<Q, A> next = waiting.peek();
            if (next != null) {
                next.woken().complete(null);
                return;
            }
            working.set(false);
            // Whoever came in between has found somebody working, and waits.
        } while (!waiting.isEmpty() && working.compareAndSet(false, true));
    }

    private void answer() {
        if (several && waiting.size() < most) {
            LockSupport.parkNanos(begun + gathering.toNanos() - System.nanoTime());
        }
        begun = System.nanoTime();
        List<Waiting<Q, A>> batch = new ArrayList<>();
        for (Waiting<Q, A> next = waiting.poll(); next != null; next = batch.size() < most ? waiting.poll() : null) {
            batch.add(next);
        }
        several = batch.size() > 1;
        try {
            List<A> given = answers.apply(batch.stream().map(Waiting::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer().complete(given.get(i));
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(one -> one.answer().completeExceptionally(e));
        }
        batch.forEach(one -> one.woken().complete(null));
    }
}
