package org.altiplano.platform.completions.control;

import org.altiplano.platform.completions.entity.RunEvent;

/** Takes a request's events; called on the grid's threads, one at a time per choice, and must not block. */
public interface EventSink {

    /** @return false if there is no room: the request is then given up */
    boolean offer(RunEvent event);
}
