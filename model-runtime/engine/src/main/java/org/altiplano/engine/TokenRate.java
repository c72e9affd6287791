package org.altiplano.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** Owns the count of tokens in the last few seconds; any thread. */
final class TokenRate {

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(5);

    private record Batch(long nanos, int tokens) {
    }

    private final Deque<Batch> batches = new ArrayDeque<>();
    private long tokens;

    synchronized void add(int count, long now) {
        forget(now);
        batches.addLast(new Batch(now, count));
        tokens += count;
    }

    /** Tokens per second. The first seconds of work are not diluted by the idle time before them. */
    synchronized double perSecond(long now) {
        forget(now);
        if (batches.isEmpty()) {
            return 0;
        }
        long span = Math.max(TimeUnit.SECONDS.toNanos(1), now - batches.getFirst().nanos());
        return tokens * 1e9 / span;
    }

    private void forget(long now) {
        while (!batches.isEmpty() && now - batches.getFirst().nanos() > WINDOW) {
            tokens -= batches.removeFirst().tokens();
        }
    }
}
