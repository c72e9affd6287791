package org.altiplano.platform.contentlog.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the records that wait to be written into the content log; takes them from any thread, which never waits, and a managed
 * thread writes them down and deletes those whose time is over. What waits when a gateway is killed is lost, and so is what comes
 * while too much waits: inference is not held up for it.
 */
@ApplicationScoped
public class ContentWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ContentWriter.class);
    private static final int MOST_CHARACTERS = 16_000_000;
    private static final int AT_ONCE = 100;
    private static final Duration WRITING = Duration.ofSeconds(1);
    private static final Duration PURGING = Duration.ofMinutes(10);

    @Inject
    private ContentLog log;
    @Inject
    private InstantSource clock;
    @Inject
    private PeriodicTasks tasks;
    private final Queue<ContentRecord> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(MOST_CHARACTERS);
    private final AtomicLong lost = new AtomicLong();

    /** To be called once, when the database is ready. */
    public void start() {
        // What could not be written is kept for the next round.
        tasks.every(WRITING, this::write, "The content log could not be written");
        tasks.every(PURGING, this::purge, "The content log could not be purged");
    }

    /** Takes a record; must not block. */
    public void keep(ContentRecord record) {
        if (room.tryAcquire(record.content().length())) {
            waiting.add(record);
        } else {
            lost.incrementAndGet();
        }
    }

    private void write() {
        long gone = lost.getAndSet(0);
        if (gone > 0) {
            LOG.warn("{} requests could not be written into the content log, since too many waited for it.", gone);
        }
        for (List<ContentRecord> next = next(); !next.isEmpty(); next = next()) {
            log.append(next);
            next.forEach(written -> {
                waiting.remove();
                room.release(written.content().length());
            });
        }
    }

    /** Those that wait longest; they stay where they are. */
    private List<ContentRecord> next() {
        return waiting.stream().limit(AT_ONCE).toList();
    }

    private void purge() {
        long deleted = log.purge(clock.instant());
        if (deleted > 0) {
            LOG.info("{} requests were deleted from the content log, since their time was over.", deleted);
        }
    }
}
