package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrefillPaceTest {

    private final PrefillPace pace = new PrefillPace(1024, Duration.ofMillis(250));

    @Test
    void settlesWhereAStepTakesAboutTheTarget() {
        assertEquals(128, settled(2_000_000), "2 ms per token");
        assertEquals(32, settled(20_000_000), "20 ms per token: the least");
        assertEquals(1024, settled(50_000), "50 us per token: the most");
        assertEquals(256, settled(1_000_000), "1 ms per token");
    }

    @Test
    void learnsNothingFromAStepThatWasNotFull() {
        pace.observe(pace.tokens() - 1, 1);
        pace.observe(pace.tokens() - 1, Duration.ofSeconds(10).toNanos());
        assertEquals(128, pace.tokens());
    }

    private int settled(long nanosPerToken) {
        for (int i = 0; i < 20; i++) {
            pace.observe(pace.tokens(), pace.tokens() * nanosPerToken);
        }
        return pace.tokens();
    }
}
