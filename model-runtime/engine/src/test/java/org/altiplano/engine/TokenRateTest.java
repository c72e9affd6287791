package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenRateTest {

    private final TokenRate rate = new TokenRate();

    @Test
    void countsTheLastSecondsOnly() {
        for (int tenth = 0; tenth < 200; tenth++) {
            rate.add(tenth < 100 ? 50 : 3, at(tenth / 10.0));
        }
        assertEquals(30, rate.perSecond(at(20)), 1);
        assertEquals(0, rate.perSecond(at(26)));
    }

    @Test
    void isNotDilutedByTheIdleTimeBefore() {
        rate.add(10, at(100));
        rate.add(10, at(101));
        assertEquals(10, rate.perSecond(at(102)), 1e-9);
    }

    @Test
    void oneBurstIsNotBlownUp() {
        rate.add(20, at(5));
        assertEquals(20, rate.perSecond(at(5)), 1e-9);
    }

    private static long at(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
