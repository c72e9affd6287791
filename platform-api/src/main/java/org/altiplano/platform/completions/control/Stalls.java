package org.altiplano.platform.completions.control;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Owns since when a stream's writer is inside one write; told by the writer, asked by any thread. */
public final class Stalls {

    private static final long MOST_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long NOT_WRITING = Long.MIN_VALUE;

    private final LongSupplier nanoTime;
    private volatile long since = NOT_WRITING;

    public Stalls(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The writer enters a write, which blocks while the client reads nothing. */
    public void writeBegins() {
        since = nanoTime.getAsLong();
    }

    public void writeEnded() {
        since = NOT_WRITING;
    }

    /** Whether the client has taken nothing for five seconds although something was there to take. */
    public boolean stalled() {
        long began = since;
        return began != NOT_WRITING && nanoTime.getAsLong() - began > MOST_NANOS;
    }
}
