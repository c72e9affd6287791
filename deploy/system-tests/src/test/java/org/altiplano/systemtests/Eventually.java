package org.altiplano.systemtests;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what happens in other processes. */
final class Eventually {

    private Eventually() {
    }

    /** @return how long it took to come true */
    static Duration within(Duration patience, String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > patience.toNanos()) {
                throw new AssertionError(what + " did not come true within " + patience);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stop);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
