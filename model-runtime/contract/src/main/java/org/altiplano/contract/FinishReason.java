package org.altiplano.contract;

/** Why a generation ended. */
public enum FinishReason {
    /** An end-of-sequence token, a stop token or a stop string. */
    STOP,
    /** The token limit or the end of the context. */
    LENGTH,
    /** {@link Generation#cancel()}. */
    CANCELLED
}
