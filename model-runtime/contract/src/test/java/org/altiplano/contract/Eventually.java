package org.altiplano.contract;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes bring about. */
public final class Eventually {

    private static final long SHORTEST_MILLIS = 1;
    private static final long LONGEST_MILLIS = 50;
    /** The longer it has taken, the longer it may take until that is seen: what looks all the time is in the others' way. */
    private static final int SHARE = 20;

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
            try {
                Thread.sleep(Math.min(LONGEST_MILLIS, Math.max(SHORTEST_MILLIS, passed.toMillis() / SHARE)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Within half a minute. @return how long it took */
    public static Duration holds(String what, BooleanSupplier condition) {
        return holds(what, Duration.ofSeconds(30), condition);
    }
}
