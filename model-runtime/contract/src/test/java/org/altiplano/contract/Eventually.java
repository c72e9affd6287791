package org.altiplano.contract;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes bring about. */
public final class Eventually {

    private Eventually() {
    }

    /** @return how long it took */
    public static Duration holds(String what, Duration atMost, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > atMost.toNanos()) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            try {
                Thread.sleep(2);
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
