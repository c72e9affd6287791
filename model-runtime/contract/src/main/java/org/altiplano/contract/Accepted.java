package org.altiplano.contract;

import java.util.Arrays;

/** The prompt as the model sees it. */
public record Accepted(int[] promptTokens) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Accepted accepted && Arrays.equals(promptTokens, accepted.promptTokens);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(promptTokens);
    }

    @Override
    public String toString() {
        return "Accepted" + Arrays.toString(promptTokens);
    }
}
