package org.altiplano.contract;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for what other threads and processes bring about. Time in which this process stood still, with all of its machine perhaps,
 * does not count.
 */
public final class Eventually {

    private static final long SHORTEST_MILLIS = 1;
    private static final long LONGEST_MILLIS = 50;
    /** The longer it has taken, the longer it may take until that is seen: what looks all the time is in the others' way. */
    private static final int SHARE = 20;
    private static final long STOOD_STILL_NANOS = 1_000_000_000;

    private Eventually() {
    }

    /** @return how long it took */
    public static Duration holds(String what, Duration atMost, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Duration passed = Duration.ofNanos(System.nanoTime() - start);
            if (passed.compareTo(atMost) > 0) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            long slept = sleep(Math.min(LONGEST_MILLIS, Math.max(SHORTEST_MILLIS, passed.toMillis() / SHARE)));
            start += slept > STOOD_STILL_NANOS ? slept : 0;
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** @return how long it really was, in nanoseconds */
    private static long sleep(long millis) {
        long begin = System.nanoTime();
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return System.nanoTime() - begin;
    }

    /** Within half a minute. @return how long it took */
    public static Duration holds(String what, BooleanSupplier condition) {
        return holds(what, Duration.ofSeconds(30), condition);
    }
}
