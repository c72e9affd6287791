package org.altiplano.platform.usage.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.platform.usage.entity.Ended;

/**
 * Owns what one generation has used so far, from its reservation to its end; told on the grid's thread, read by the
 * checkpoint. Of several answers to one prompt the first pays for the prompt.
 */
public final class RunningGeneration {

    private final String id;
    private final boolean paysPrompt;
    private final Instant submitted;
    private volatile boolean began;
    private volatile long tokensIn;
    private volatile long tokensOut;

    RunningGeneration(String id, boolean paysPrompt, Instant submitted) {
        this.id = id;
        this.paysPrompt = paysPrompt;
        this.submitted = submitted;
    }

    public String id() {
        return id;
    }

    long tokensIn() {
        return tokensIn;
    }

    long tokensOut() {
        return tokensOut;
    }

    /** A worker took it up. */
    public void accepted(int promptTokens) {
        began = true;
        tokensIn = paysPrompt ? promptTokens : 0;
    }

    /** Called by one thread at a time. */
    public void produced(int tokens) {
        tokensOut = tokensOut + tokens;
    }

    /** With the counts of the engine. */
    public Ended finished(Finished finished, Instant now) {
        return new Ended(id, began || finished.promptTokens() > 0, paysPrompt ? finished.promptTokens() : 0,
                paysPrompt ? finished.cachedTokens() : 0, finished.completionTokens(),
                finished.completionTokens() > 0 ? Optional.of(finished.timeToFirstToken()) : Optional.empty(),
                Duration.between(submitted, now), finished.reason().name().toLowerCase(Locale.ROOT));
    }

    /** With the counts of what arrived here. */
    public Ended failed(Failure.Code code, Instant now) {
        return new Ended(id, began, tokensIn, 0, tokensOut, Optional.empty(), Duration.between(submitted, now),
                code.name().toLowerCase(Locale.ROOT));
    }

    /** The gateway stops. */
    Ended stopped(Instant now) {
        return new Ended(id, began, tokensIn, 0, tokensOut, Optional.empty(), Duration.between(submitted, now), Ended.GATEWAY_STOPPED);
    }

    /** It was never submitted. */
    public Ended dropped(Instant now) {
        return new Ended(id, false, 0, 0, 0, Optional.empty(), Duration.between(submitted, now), "dropped");
    }
}
