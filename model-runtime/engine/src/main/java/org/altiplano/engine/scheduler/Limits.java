package org.altiplano.engine.scheduler;

/**
 * How much one step may hold.
 *
 * @param maxRunning most sequences in the batch
 * @param maxStepTokens most tokens in a step, at least {@code maxRunning}
 */
public record Limits(int maxRunning, int maxStepTokens) {

    public Limits {
        if (maxRunning < 1 || maxStepTokens < maxRunning) {
            throw new IllegalArgumentException("A step of " + maxStepTokens + " tokens cannot hold " + maxRunning + " sequences.");
        }
    }
}
