package org.altiplano.contract;

import java.time.Duration;
import java.util.Objects;

/**
 * The end of a generation.
 *
 * @param reason why it ended
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of these, how many were found in the prefix cache
 * @param completionTokens tokens generated, the one that ended it included
 * @param queued from submission to the first step
 * @param timeToFirstToken from submission to the first generated token; zero if there was none
 * @param total from submission to the end
 */
public record Finished(FinishReason reason, int promptTokens, int cachedTokens, int completionTokens, Duration queued,
                       Duration timeToFirstToken, Duration total) {

    public Finished {
        Objects.requireNonNull(reason);
    }
}
