package org.altiplano.engine;

import java.time.Duration;

/**
 * How an engine shares its machine.
 *
 * @param maxRunning most sequences in the batch
 * @param maxStepTokens most tokens in one step
 * @param maxQueued most generations that wait for their first step; more are refused
 * @param stepTarget how long a step of prompts alone should take: the chunks are sized to that; beside running answers they
 *     are smaller, so that a step takes at most about twice its time
 */
public record EngineSettings(int maxRunning, int maxStepTokens, int maxQueued, Duration stepTarget) {

    /** Sensible on any machine. */
    public static final EngineSettings DEFAULT = new EngineSettings(64, 512, 512, Duration.ofMillis(250));
}
