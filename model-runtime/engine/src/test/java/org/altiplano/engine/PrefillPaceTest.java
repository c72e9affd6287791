package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Learns from simulated steps: a time for reading the weights, one for a token, one for what it attends to, and noise. */
class PrefillPaceTest {

    private static final int LONG = 4096;

    private PrefillPace pace = new PrefillPace(1024, Duration.ofMillis(250));
    private Random random = new Random(3);

    @ParameterizedTest
    @CsvSource({"2, 96", "20, 32", "0.05, 1024"})
    void aloneAChunkTakesAboutTheTargetWithinItsLimits(double millisPerToken, int expected) {
        for (int i = 0; i < 40; i++) {
            int chunk = pace.tokens(0, 1, 0);
            pace.observe(0, chunk, 0, (long) (chunk * millisPerToken * 1e6));
        }
        assertEquals(expected, pace.tokens(0, 1, 0));
    }

    @Test
    void aShortPromptSaysLittleAboutATokensTime() {
        pace.observe(0, 5, 10, Duration.ofSeconds(10).toNanos());
        assertEquals(128, pace.tokens(0, 1, 0));
    }

    @Test
    void beforeAnythingIsKnownAnswersAreHeldUpByAFewTokens() {
        assertTrue(pace.tokens(1, 1, 0) <= 4);
        for (int i = 0; i < 20; i++) {
            observe(8, 0, 0, 10, 0.1, 0);
        }
        assertTrue(pace.tokens(8, 1, 0) <= 4, "whatever a step takes: nothing is known of prompts");
    }

    /**
     * The stall of running streams while a prompt of 4,096 tokens is computed beside them; noise of a tenth. The last ones are
     * the times of a small model whose attention outweighs its weights, of a model of 1.1 billion and of one of 7 billion weights.
     */
    @ParameterizedTest
    @CsvSource({"10, 0.1, 0", "10, 0.25, 0", "40, 0.4, 0", "12, 0.02, 0", "500, 5, 0", "100, 2.5, 0", "10, 0.4, 2", "34, 1.6, 1.2", "250, 17.5, 2"})
    void aLongPromptAtMostDoublesTheTimeBetweenTokens(double decodeMillis, double tokenMillis, double attentionMillis) {
        for (int seed = 0; seed < 5; seed++) {
            pace = new PrefillPace(1024, Duration.ofMillis(250));
            random = new Random(seed);
            for (int i = 0; i < 20; i++) {
                observe(8, 0, 0, decodeMillis, tokenMillis, attentionMillis);
            }
            List<Double> steps = new ArrayList<>();
            for (int done = 0; done < LONG;) {
                int chunk = Math.min(LONG - done, pace.tokens(8, 1, done));
                steps.add(observe(8, chunk, done, decodeMillis, tokenMillis, attentionMillis) / decodeMillis);
                done += chunk;
            }
            steps.sort(Double::compare);
            double median = steps.get(steps.size() / 2);
            double p99 = steps.get((int) (0.99 * (steps.size() - 1)));
            System.out.printf("decode %.0f ms, %.2f to %.2f ms a token: 4,096 tokens in %d steps, TPOT p50 %.2fx, p99 %.2fx%n", decodeMillis,
                    tokenMillis, tokenMillis + attentionMillis, steps.size(), median, p99);
            assertTrue(p99 <= 2, "p99 is " + p99);
            assertTrue(median >= 1.2, "and the prompt is not starved: " + median);
        }
    }

    /** In bulk a token takes a fraction of what it takes beside answers, and what is known is of prompts alone. */
    @Test
    void whatPromptsAloneTakeSaysNothingOfChunksBesideAnswers() {
        for (int i = 0; i < 20; i++) {
            pace.observe(0, 512, 0, Duration.ofMillis(100).toNanos());
            observe(8, 0, 0, 10, 1, 0);
        }
        int slow = 0;
        for (int i = 0; i < 200; i++) {
            slow += observe(8, pace.tokens(8, 1, 0), 0, 10, 1, 0) > 20 ? 1 : 0;
        }
        assertTrue(slow <= 2, slow + " of 200 steps took twice as long as their answers");
    }

    @Test
    void learnsTheTimesThoughNoStepEverDecodesAlone() {
        for (int i = 0; i < 30; i++) {
            observe(0, pace.tokens(0, 1, 0), 0, 10, 0.1, 0);
        }
        for (int i = 0; i < 100; i++) {
            observe(4 + i % 5, pace.tokens(4 + i % 5, 1, 0), 0, 10, 0.1, 0);
        }
        assertEquals(60, pace.tokens(8, 1, 0), 24, "seven tenths of 10 ms are 70 tokens");
    }

    @Test
    void manyPromptsTakeMoreBesideFewAnswersAndFewPromptsDoNot() {
        for (int i = 0; i < 100; i++) {
            int answers = 1 + i % 8;
            observe(answers, pace.tokens(answers, 8, 0), 0, 10, 0.1, 0);
        }
        assertEquals(pace.tokens(8, 1, 0), pace.tokens(8, 8, 0));
        assertEquals(2 * pace.tokens(8, 1, 0), pace.tokens(8, 16, 0), 4);
        assertEquals(3 * pace.tokens(8, 1, 0), pace.tokens(8, 100, 0), 6);
    }

    @Test
    void aDisturbedStepIsSoonForgotten() {
        for (int i = 0; i < 40; i++) {
            observe(8, i % 2 * pace.tokens(8, 1, 0), 0, 10, 0.1, 0);
        }
        int before = pace.tokens(8, 1, 0);
        pace.observe(8, before, before * (before - 1) / 2.0, Duration.ofSeconds(3).toNanos());
        assertTrue(pace.tokens(8, 1, 0) >= before / 4, "" + pace.tokens(8, 1, 0));
        for (int i = 0; i < 30; i++) {
            observe(8, pace.tokens(8, 1, 0), 0, 10, 0.1, 0);
        }
        assertEquals(before, pace.tokens(8, 1, 0), before / 2.0);
    }

    /** Answers the step's time in milliseconds; {@code attentionMillis} are a token's behind 4,096 others. */
    private double observe(int answers, int prompt, int position, double decodeMillis, double tokenMillis, double attentionMillis) {
        double attended = prompt * (position + (prompt - 1) / 2.0);
        double millis = (decodeMillis + prompt * tokenMillis + attended * attentionMillis / LONG) * (1 + 0.1 * (2 * random.nextDouble() - 1));
        pace.observe(answers, prompt, attended, (long) (millis * 1e6));
        return millis;
    }
}
