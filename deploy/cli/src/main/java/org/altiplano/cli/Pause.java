package org.altiplano.cli;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for things that happen outside this process. */
final class Pause {

    private static final long STEP_MILLIS = 100;

    private Pause() {
    }

    /** A moment between two looks. */
    static void brief() {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted.");
        }
    }

    /** @return whether it came true in time */
    static boolean until(BooleanSupplier condition, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            brief();
        }
        return true;
    }
}
