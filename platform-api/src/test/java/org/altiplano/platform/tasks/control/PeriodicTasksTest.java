package org.altiplano.platform.tasks.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicTasksTest {

    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(1);
    private final PeriodicTasks tasks = new PeriodicTasks(threads);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void doesATaskAtOnceThoughItsPeriodIsLong() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        tasks.every(Duration.ofHours(1), done::countDown, "It could not be done");
        assertTrue(done.await(30, TimeUnit.SECONDS));
    }

    @Test
    void doesATaskAgainThatFails() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(3);
        tasks.every(Duration.ofMillis(1), () -> {
            done.countDown();
            throw new IllegalStateException("the database does not answer");
        }, "It could not be done");
        assertTrue(done.await(30, TimeUnit.SECONDS));
    }

    @Test
    void beginsNoTaskAnyMoreOnceTheApplicationIsAboutToEnd() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        tasks.every(Duration.ofMillis(1), () -> {
            begun.countDown();
            awaitUninterrupted(goOn);
        }, "It could not be done");
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        tasks.stop("the end");
        goOn.countDown();
        threads.shutdown();
        assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
        assertEquals(1, threads.getCompletedTaskCount());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
