package org.altiplano.engine.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Owns the number of threads of one thread's native calls. Each operator ends in a barrier, so a thread that shares its core
 * with a neighbour stalls all others: while neighbours keep cores busy, the work is done on the rest. Used by one thread, the
 * engine's.
 */
public final class ComputeThreads {

    private static final double TICK_NANOS = 1e7;
    private static final long INTERVAL_NANOS = 100_000_000;

    /** Of a core: who computed less than that rested most of the time. */
    private static final double RESTED = 0.4;

    private final int cores;
    private final int most;
    private final Supplier<CpuTimes> clock;
    private CpuTimes last;
    private long lastNanos;
    private int threads;
    /** What the last interval would have left. */
    private int left;

    ComputeThreads(int cores, int most, Supplier<CpuTimes> clock) {
        this.cores = cores;
        this.most = most;
        this.clock = clock;
        this.threads = most;
        this.left = most;
        this.last = clock.get();
        this.lastNanos = Long.MIN_VALUE;
    }

    /** As many threads as libtorch was started with, less what neighbours take. */
    public static ComputeThreads ofThisMachine() {
        TorchRuntime.enter();
        return new ComputeThreads(Runtime.getRuntime().availableProcessors(), JniUtils.getNumThreads(), CpuTimes::now);
    }

    /** Looks around, now and then, and sets the number of threads of this thread's next native calls. */
    public void adjust(long nanoTime) {
        if (lastNanos == Long.MIN_VALUE) {
            lastNanos = nanoTime;
        } else if (most > 1 && nanoTime - lastNanos >= INTERVAL_NANOS) {
            JniUtils.setNumThreads(decide(nanoTime)); // the setting is the calling thread's own, so it is made each time
        }
    }

    /**
     * Gives a thread up when neighbours took most of its core in two intervals, and takes it back after one in which they left most of
     * it. What they took while this process rested, or in one interval alone, is no reason to give one up: who computed then may be
     * gone. Other engines' threads spin on for a tenth of a second or two when their work is done.
     */
    int decide(long nanoTime) {
        CpuTimes now = clock.get();
        double own = (now.own() - last.own()) * TICK_NANOS / (nanoTime - lastNanos);
        double others = (now.busy() - last.busy()) * TICK_NANOS / (nanoTime - lastNanos) - own;
        last = now;
        lastNanos = nanoTime;
        int upTo = own < RESTED ? most : (int) Math.ceil(cores - others - 0.4);
        int atLeast = (int) Math.floor(cores - others + 0.3);
        int kept = Math.min(threads, Math.max(left, upTo));
        left = upTo;
        threads = Math.max(1, Math.min(most, Math.max(atLeast, kept)));
        return threads;
    }
}
