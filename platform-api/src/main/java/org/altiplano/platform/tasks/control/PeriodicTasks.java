package org.altiplano.platform.tasks.control;

import jakarta.annotation.Priority;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns what this gateway does again and again, on managed threads, from when it is asked for until the application is about to end;
 * any thread.
 */
@ApplicationScoped
public class PeriodicTasks {

    private static final Logger LOG = LoggerFactory.getLogger(PeriodicTasks.class);

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    private ScheduledExecutorService threads;
    private final Queue<ScheduledFuture<?>> tasks = new ConcurrentLinkedQueue<>();

    /** For the container. */
    protected PeriodicTasks() {
    }

    PeriodicTasks(ScheduledExecutorService threads) {
        this.threads = threads;
    }

    /**
     * Does a task at once, and again so long after each time that it has ended.
     *
     * @param failure what to say when it could not be done this time
     */
    public void every(Duration period, Runnable task, String failure) {
        tasks.add(threads.scheduleWithFixedDelay(() -> perform(task, failure), 0, period.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static void perform(Runnable task, String failure) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warn("{}: {}", failure, e.toString());
        }
    }

    /** Before whatever else observes the application's end: what tasks use is still there, and nothing of theirs comes later. */
    void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) @Priority(Interceptor.Priority.PLATFORM_BEFORE) Object event) {
        tasks.forEach(task -> task.cancel(false));
    }
}
