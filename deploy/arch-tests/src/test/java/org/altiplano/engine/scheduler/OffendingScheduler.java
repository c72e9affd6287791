package org.altiplano.engine.scheduler;

import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.engine.text.OffendingHelper;

/** Breaks: purity, passed-in time, and (with {@link OffendingHelper}) freedom of cycles. */
public class OffendingScheduler {

    ConcurrentHashMap<String, OffendingHelper> running = new ConcurrentHashMap<>();
    long started = System.nanoTime();
}
