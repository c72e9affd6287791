package org.altiplano.platform.usage.entity;

import java.time.Duration;
import java.util.Optional;

/**
 * How a generation ended and what it used.
 *
 * @param generationId as reserved
 * @param began whether a worker took it up; if not there is nothing to account for
 * @param tokensIn of the prompt; 0 for a further answer to the same prompt
 * @param tokensCached of these, found in the prefix cache
 * @param tokensOut of the answer
 * @param timeToFirstToken if there was a token and the time is known
 * @param duration from submission to the end
 * @param reason stop, length, cancelled, gateway_lost, gateway_stopped, or a failure's code
 */
public record Ended(String generationId, boolean began, long tokensIn, long tokensCached, long tokensOut,
                    Optional<Duration> timeToFirstToken, Duration duration, String reason) {

    /** The reason of a generation whose gateway died. */
    public static final String GATEWAY_LOST = "gateway_lost";

    /** The reason of a generation that ran when its gateway was stopped. */
    public static final String GATEWAY_STOPPED = "gateway_stopped";
}
