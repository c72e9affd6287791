package org.altiplano.engine;

import java.time.Duration;

/**
 * Owns the size of prefill chunks, on the engine's thread. Beside running answers a chunk takes nearly as long as their own
 * step, which so takes at most about twice its time: every stream goes on at half its pace or better while a long prompt
 * is computed. Where more prompts compete than answers run, more wait for the first token than for the next one, and a chunk may take
 * up to three times as much. With no answer under way a chunk is as large as a step of the wished length allows. What a step takes is learnt
 * ({@link StepTime}): a small model decodes in ten milliseconds, a large one on a slow machine in half a second, and a token
 * deep in a prompt takes many times as long as one at its beginning.
 */
final class PrefillPace {

    /** Beside answers: no prompt stands still. */
    private static final int LEAST = 2;

    /** With no answer under way, fewer at a time only make a prompt slow: the weights are read for every step. */
    private static final int LEAST_ALONE = 32;

    /** What prompts may add to a decode step, by its time; the rest up to twice is for what cannot be foreseen. */
    private static final double STALL = 0.7;

    /** How many times as much they may add where they are so many more than the answers. */
    private static final double CROWD = 3;

    /** Chunks beside answers grow from step to step, so that a token's time is known before there are many... */
    private static final double GROWTH = 1.5;

    /** ...and are halved by a step that took so many times as long as its answers, whatever was expected of it. */
    private static final double TOO_LONG = 2.2;

    /** How much one step of prompts alone counts against all before it. */
    private static final double FRESH = 0.2;

    private final int most;
    private final double target;
    private final StepTime time = new StepTime();
    /** Of a token in a step of prompts alone: many at once take less time each than a few beside answers. */
    private double nanosAlone;
    private double upTo = LEAST;
    private double crowd = 1;

    /**
     * @param most tokens in a chunk
     * @param target how long a step of prompts alone should take
     */
    PrefillPace(int most, Duration target) {
        this.most = Math.max(LEAST_ALONE, most / LEAST * LEAST);
        this.target = target.toNanos();
    }

    /**
     * Most prompt tokens for the next step.
     *
     * @param answers sequences that decode in it
     * @param prompts sequences whose prompts wait or are under way
     * @param depth tokens that a prompt under way has computed already
     */
    int tokens(int answers, int prompts, int depth) {
        if (answers == 0) {
            double tokens = nanosAlone == 0 ? 128 : target / nanosAlone;
            return Math.max(LEAST_ALONE, (int) Math.min(most, tokens) / LEAST_ALONE * LEAST_ALONE);
        }
        crowd = Math.max(1, Math.min(CROWD, (double) prompts / answers));
        double fitting = STALL * crowd * time.ofAnswers(answers) / time.ofPromptToken(depth);
        return Math.max(LEAST, (int) Math.min(Math.min(most, upTo), fitting) / LEAST * LEAST);
    }

    /**
     * Learns from the step.
     *
     * @param answers sequences in it that decoded
     * @param prompt tokens of prompts in it
     * @param attended tokens that these have before them, in all
     */
    void observe(int answers, int prompt, double attended, long nanos) {
        if (answers > 0) {
            time.observe(answers, prompt, attended, nanos);
            boolean tooLong = nanos > (TOO_LONG + STALL * (crowd - 1)) * time.ofAnswers(answers);
            if (prompt > 0) {
                upTo = Math.max(LEAST, Math.min(most, tooLong ? prompt / 2.0 : Math.max(upTo, GROWTH * prompt + LEAST)));
            }
        } else if (prompt >= LEAST_ALONE) {
            // A prompt shorter than that is mostly the cost of any step and says little about a token.
            double seen = (double) nanos / prompt;
            nanosAlone = nanosAlone == 0 ? seen : nanosAlone + FRESH * (seen - nanosAlone);
        }
    }
}
