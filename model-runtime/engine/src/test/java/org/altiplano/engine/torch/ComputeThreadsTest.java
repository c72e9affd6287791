package org.altiplano.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ComputeThreadsTest {

    private CpuTimes times = new CpuTimes(1000, 400);
    private long nanos = 5_000_000_000L;
    private final ComputeThreads threads = new ComputeThreads(4, 4, () -> times);

    /** Decides after a second in which this process kept so many cores busy, and others so many. */
    private int after(double own, double others) {
        times = new CpuTimes(times.busy() + Math.round(100 * (own + others)), times.own() + Math.round(100 * own));
        nanos += 1_000_000_000L;
        return threads.decide(nanos);
    }

    private void start() {
        threads.adjust(nanos);
    }

    /** After two such seconds. */
    private int afterLong(double own, double others) {
        after(own, others);
        return after(own, others);
    }

    @Test
    void leavesCoresToBusyNeighboursAndTakesThemBack() {
        start();
        assertEquals(4, afterLong(4, 0));
        assertEquals(3, afterLong(3.2, 0.8));
        assertEquals(1, afterLong(1, 3));
        assertEquals(4, after(1, 0.1));
    }

    @Test
    void keepsItsThreadsWhileANeighbourIsNeitherBusyNorGone() {
        start();
        assertEquals(4, afterLong(3.5, 0.5));
        assertEquals(3, afterLong(3, 1));
        assertEquals(3, afterLong(3, 0.5));
        assertEquals(4, after(3, 0.2));
    }

    @Test
    void keepsOneThreadHoweverBusyTheMachineIs() {
        start();
        assertEquals(1, afterLong(0.5, 4));
    }

    @Test
    void aNeighbourThatEndsSoonTakesNoThreads() {
        start();
        assertEquals(4, after(2, 2));
        assertEquals(4, after(3.8, 0.2));
        assertEquals(4, after(2, 2));
        assertEquals(2, after(2, 2));
    }

    @Test
    void whatNeighboursTookWhileItRestedTakesNoThreads() {
        start();
        assertEquals(4, after(0.1, 3.9));
        assertEquals(4, after(1, 3));
        assertEquals(1, after(1, 3));
        assertEquals(1, after(0.1, 3.9));
        assertEquals(4, after(0.1, 0.1));
    }

    @Test
    void readsTheCountersOfProc() {
        assertEquals(1 + 2 + 3 + 6 + 7 + 8, CpuTimes.busy("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 1 1\n"));
        assertEquals(25, CpuTimes.own("42 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 12 13 14 15"));
    }
}
