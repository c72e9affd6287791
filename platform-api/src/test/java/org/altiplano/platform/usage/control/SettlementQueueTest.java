package org.altiplano.platform.usage.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.altiplano.platform.usage.entity.Ended;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettlementQueueTest {

    private final List<String> written = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger writing = new AtomicInteger();
    private final AtomicBoolean atOnce = new AtomicBoolean();
    private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    private final ScheduledExecutorService tasks = Executors.newScheduledThreadPool(2);
    private final AtomicInteger outages = new AtomicInteger();

    @AfterEach
    void end() {
        tasks.shutdownNow();
    }

    @Test
    void keepsWhatCannotBeWrittenUntilTheDatabaseIsBack() throws Exception {
        outages.set(2);
        try (SettlementQueue queue = queue()) {
            CompletableFuture<Void> first = queue.add(List.of(ended("a"))).toCompletableFuture();
            CompletableFuture<Void> second = queue.add(List.of(ended("b"), ended("c"))).toCompletableFuture();
            first.get(60, TimeUnit.SECONDS);
            second.get(60, TimeUnit.SECONDS);
        }
        assertEquals(List.of("a", "b", "c"), List.copyOf(written));
    }

    @Test
    void settlesWhatWaitsBeforeItCloses() {
        try (SettlementQueue queue = queue()) {
            for (int i = 0; i < 200; i++) {
                queue.add(List.of(ended("r" + i)));
            }
        }
        assertEquals(200, written.size());
    }

    @Test
    void settlesWhatManyAddAtOnceByOneTaskAtATime() throws Exception {
        try (SettlementQueue queue = queue()) {
            List<CompletableFuture<Void>> all = IntStream.range(0, 2_000).parallel().mapToObj(i -> queue.add(List.of(ended("r" + i))).toCompletableFuture()).toList();
            for (CompletableFuture<Void> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        assertEquals(2_000, written.stream().distinct().count());
        assertEquals(2_000, written.size());
        assertFalse(atOnce.get());
    }

    @Test
    void settlesAtItsEndWhatAServerThatStopsNoLongerBegins() {
        SettlementQueue queue = queue();
        tasks.shutdownNow();
        queue.add(List.of(ended("a")));
        queue.close(List.of(ended("b")));
        assertEquals(List.of("a", "b"), List.copyOf(written));
    }

    @Test
    void whatCannotBeSettledBeforeItClosesIsGivenUpAfterAWhile() {
        outages.set(Integer.MAX_VALUE);
        SettlementQueue queue = queue();
        queue.add(List.of(ended("a")));
        queue.close();
        assertEquals(0, written.size());
    }

    @Test
    void settlesSoManyGenerationsAtOnceAsOneStatementHolds() throws Exception {
        outages.set(Integer.MAX_VALUE);
        try (SettlementQueue queue = queue()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int request = 0; request < 20; request++) {
                String id = "r" + request + "-";
                all.add(queue.add(IntStream.range(0, 100).mapToObj(choice -> ended(id + choice)).toList()).toCompletableFuture());
            }
            all.add(queue.add(IntStream.range(0, 1_024).mapToObj(choice -> ended("large-" + choice)).toList()).toCompletableFuture());
            outages.set(0);
            for (CompletableFuture<Void> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        assertEquals(3_024, written.size());
        assertTrue(batches.stream().allMatch(batch -> batch <= 256 || batch == 1_024), batches.toString());
        assertTrue(batches.contains(200), "together, where they fit: " + batches);
    }

    private SettlementQueue queue() {
        return new SettlementQueue(this::write, tasks);
    }

    private void write(List<Ended> batch) {
        if (writing.incrementAndGet() > 1) {
            atOnce.set(true);
        }
        try {
            writeAlone(batch);
        } finally {
            writing.decrementAndGet();
        }
    }

    private void writeAlone(List<Ended> batch) {
        if (outages.getAndDecrement() > 0) {
            throw new IllegalStateException("the database is gone");
        }
        batches.add(batch.size());
        batch.forEach(one -> written.add(one.generationId()));
    }

    private static Ended ended(String id) {
        return new Ended(id, true, 1, 0, 1, Optional.empty(), Duration.ZERO, "stop");
    }
}
