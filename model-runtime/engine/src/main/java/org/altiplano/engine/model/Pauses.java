package org.altiplano.engine.model;

import java.util.function.LongSupplier;

/**
 * Owns what is known of the pauses between a model's steps: the engine's thread tells of them, and a thread whose work is not urgent
 * waits for one.
 */
final class Pauses {

    /** Answers that are under way leave no such gap between two steps. */
    private static final long PAUSE_NANOS = 100_000_000;

    /** Even a model that never rests is disturbed in the end, for a moment each time. */
    private static final long PATIENCE_NANOS = 2_000_000_000;

    private final LongSupplier nanoTime;
    private boolean computing;
    private long since;
    private boolean over;

    /** @param nanoTime as {@link System#nanoTime()} */
    Pauses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    synchronized void stepBegins() {
        computing = true;
    }

    synchronized void stepEnds() {
        computing = false;
        since = nanoTime.getAsLong();
    }

    /** Whoever waits goes on, now and from now on. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Waits for a pause, or until it has waited long enough. */
    synchronized void await() throws InterruptedException {
        long began = nanoTime.getAsLong();
        while (!over && !reached(began, nanoTime.getAsLong())) {
            wait(10);
        }
    }

    private boolean reached(long began, long now) {
        return !computing && now - since >= PAUSE_NANOS || now - began >= PATIENCE_NANOS;
    }
}
