package org.altiplano.contract;

/**
 * Hears one generation. Calls are serial and must not block; the order is
 * {@code onAccepted? onPrompt? onTokens* (onFinished | onFailed)}, with exactly one terminal event.
 */
public interface GenerationListener {

    /** The prompt is valid, fits the context and is queued; after this only an INTERNAL or CAPACITY failure can come. */
    default void onAccepted(Accepted accepted) {
    }

    /** The prompt again, with log-probabilities where asked; only if {@link OutputOptions#echo()}. */
    default void onPrompt(PromptEcho prompt) {
    }

    /** New tokens, coalesced by step, with the text that they release. */
    void onTokens(TokenChunk chunk);

    /** The generation ended of itself or was cancelled. */
    void onFinished(Finished finished);

    /** The generation could not start or go on. */
    void onFailed(Failure failure);
}
