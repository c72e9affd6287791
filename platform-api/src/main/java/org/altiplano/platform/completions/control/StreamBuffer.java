package org.altiplano.platform.completions.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.altiplano.platform.completions.entity.RunEvent;

/**
 * Owns the events of one stream that are not written yet; filled by the grid's threads, which never wait, and emptied
 * by the stream's writer. What waits is bounded: a reader that does not keep up loses its stream, not the others'.
 */
public final class StreamBuffer implements EventSink {

    /** Events. The workers coalesce tokens by step, so this is many seconds of answer, more than any pause of a healthy gateway. */
    private static final int ROOM = 1_024;

    private final LinkedBlockingQueue<RunEvent> events = new LinkedBlockingQueue<>(ROOM);

    @Override
    public boolean offer(RunEvent event) {
        return events.offer(event);
    }

    /** All that waits; where nothing does, what comes first within the patience; empty if nothing comes. */
    public List<RunEvent> next(Duration patience) throws InterruptedException {
        List<RunEvent> next = new ArrayList<>();
        if (events.drainTo(next) == 0) {
            RunEvent event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (event != null) {
                next.add(event);
            }
        }
        return next;
    }
}
