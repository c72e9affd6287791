package org.altiplano.platform.completions.entity;

import org.altiplano.contract.Accepted;
import org.altiplano.contract.Finished;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.TokenChunk;

/** What a request's generations report. */
public sealed interface RunEvent {

    /** What one choice's generation reports. */
    sealed interface OfChoice extends RunEvent {

        /** Index of the choice, in the order of the answer. */
        int choice();
    }

    /** The prompt as the model sees it. */
    record Began(int choice, Accepted accepted) implements OfChoice {
    }

    /** The prompt given back. */
    record Echoed(int choice, PromptEcho prompt) implements OfChoice {
    }

    /** New tokens. */
    record Said(int choice, TokenChunk chunk) implements OfChoice {
    }

    /** The choice is complete. */
    record Ended(int choice, Finished finished) implements OfChoice {
    }

    /** The last generation has ended; nothing follows. */
    record Over() implements RunEvent {
    }
}
