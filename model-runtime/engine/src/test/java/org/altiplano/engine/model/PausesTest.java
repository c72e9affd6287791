package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final long MILLI = 1_000_000;

    /** Ten milliseconds pass whenever somebody looks. */
    private final AtomicLong now = new AtomicLong();
    private final LongSupplier clock = () -> now.getAndAdd(10 * MILLI);

    /** Milliseconds until one that waits goes on. */
    private long waited(Pauses pauses) throws InterruptedException {
        long began = now.get();
        pauses.await();
        return (now.get() - began) / MILLI;
    }

    @Test
    void onlyAPauseThatIsLongerThanThatBetweenTwoStepsOfAnAnswerIsTaken() throws InterruptedException {
        Pauses pauses = new Pauses(clock);
        pauses.stepBegins();
        pauses.stepEnds();
        assertEquals(110, waited(pauses), 10);
        assertEquals(20, waited(pauses), 10);
    }

    @Test
    void aModelThatNeverRestsIsDisturbedAfterTwoSeconds() throws InterruptedException {
        Pauses pauses = new Pauses(clock);
        pauses.stepBegins();
        assertEquals(2010, waited(pauses), 10);
        assertEquals(2010, waited(pauses), 10);
    }

    @Test
    void nobodyWaitsForAModelThatGoes() throws InterruptedException {
        Pauses pauses = new Pauses(clock);
        pauses.stepBegins();
        pauses.end();
        assertEquals(10, waited(pauses), 10);
    }
}
