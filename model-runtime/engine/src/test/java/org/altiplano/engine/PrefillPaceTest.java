package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Learns from simulated steps: a fixed cost for reading the weights, a cost per token, and noise. */
class PrefillPaceTest {

    private final PrefillPace pace = new PrefillPace(1024, Duration.ofMillis(250));
    private final Random random = new Random(3);

    @Test
    void aloneAChunkTakesAboutTheTarget() {
        assertEquals(96, settledAlone(2_000_000), "2 ms per token");
        assertEquals(32, settledAlone(20_000_000), "20 ms per token: the least");
        assertEquals(1024, settledAlone(50_000), "50 us per token: the most");
    }

    @Test
    void aShortPromptSaysLittleAboutATokensTime() {
        pace.observe(0, 5, Duration.ofSeconds(10).toNanos());
        assertEquals(128, pace.tokens(false));
    }

    @Test
    void beforeAnythingIsKnownAnswersAreHeldUpByTheLeastChunk() {
        assertEquals(32, pace.tokens(true));
    }

    /** The stall of running streams while a prompt of 4,096 tokens is computed beside them; noise of a tenth. */
    @ParameterizedTest
    @CsvSource({"10, 0.1", "10, 0.25", "40, 0.4", "12, 0.02", "500, 5", "100, 2.5"})
    void aLongPromptAtMostDoublesTheTimeBetweenTokens(double decodeMillis, double tokenMillis) {
        for (int i = 0; i < 20; i++) {
            observe(8, 0, decodeMillis, tokenMillis);
        }
        double[] steps = new double[4096];
        int count = 0;
        for (int left = 4096; left > 0; count++) {
            int chunk = Math.min(left, pace.tokens(true));
            steps[count] = observe(8, chunk, decodeMillis, tokenMillis);
            left -= chunk;
        }
        double[] sorted = Arrays.copyOf(steps, count);
        Arrays.sort(sorted);
        double p99 = sorted[(int) (0.99 * (count - 1))] / decodeMillis;
        System.out.printf("decode %.0f ms, %.2f ms a token: 4,096 tokens in %d steps, TPOT p50 %.2fx, p99 %.2fx%n", decodeMillis,
                tokenMillis, count, sorted[count / 2] / decodeMillis, p99);
        assertTrue(p99 <= 2, "p99 is " + p99);
        assertTrue(sorted[count / 2] >= 1.3 * decodeMillis || count == 4, "and the prompt is not starved");
    }

    @Test
    void learnsBothTimesThoughNoStepEverDecodesAlone() {
        for (int i = 0; i < 30; i++) {
            observe(0, 128, 10, 0.1);
        }
        for (int i = 0; i < 30; i++) {
            observe(4, pace.tokens(true), 10, 0.1);
        }
        assertTrue(pace.tokens(true) >= 32 && pace.tokens(true) <= 96, "" + pace.tokens(true));
    }

    @Test
    void aDisturbedStepIsSoonForgotten() {
        for (int i = 0; i < 30; i++) {
            observe(8, 0, 10, 0.1);
            observe(8, pace.tokens(true), 10, 0.1);
        }
        int before = pace.tokens(true);
        pace.observe(8, before, Duration.ofSeconds(3).toNanos());
        assertTrue(pace.tokens(true) >= 32);
        for (int i = 0; i < 15; i++) {
            observe(8, pace.tokens(true), 10, 0.1);
        }
        assertEquals(before, pace.tokens(true), 32);
    }

    private int settledAlone(long nanosPerToken) {
        for (int i = 0; i < 40; i++) {
            pace.observe(0, pace.tokens(false), pace.tokens(false) * nanosPerToken);
        }
        return pace.tokens(false);
    }

    /** Answers the step's time in milliseconds. */
    private double observe(int answers, int prompt, double decodeMillis, double tokenMillis) {
        double millis = (decodeMillis + prompt * tokenMillis) * (1 + 0.1 * (2 * random.nextDouble() - 1));
        pace.observe(answers, prompt, (long) (millis * 1e6));
        return millis;
    }
}
