package org.altiplano.contract;

import java.util.Objects;

/**
 * Why a generation could not start or go on.
 *
 * @param code what went wrong
 * @param message one clear sentence for the caller, without secrets or stack traces
 */
public record Failure(Code code, String message) {

    public Failure {
        Objects.requireNonNull(code);
        Objects.requireNonNull(message);
    }

    /** Whose matter a failure is. */
    public enum Kind {
        /** The request is wrong: repeating it cannot help. */
        CALLER,
        /** The request is fine but there is no room now: repeat later. */
        CAPACITY,
        /** The platform failed. */
        INTERNAL
    }

    /** What went wrong. */
    public enum Code {
        CONTEXT_LENGTH_EXCEEDED(Kind.CALLER),
        INVALID_PROMPT(Kind.CALLER),
        SPECIAL_TOKENS_IN_PROMPT(Kind.CALLER),
        INVALID_PARAMETER(Kind.CALLER),
        TEXT_NOT_SUPPORTED(Kind.CALLER),
        CHAT_NOT_SUPPORTED(Kind.CALLER),
        MODEL_NOT_FOUND(Kind.CALLER),
        MODEL_IN_USE(Kind.CALLER),
        QUEUE_FULL(Kind.CAPACITY),
        NO_WORKER(Kind.CAPACITY),
        WORKER_LOST(Kind.INTERNAL),
        ENGINE_FAILED(Kind.INTERNAL);

        private final Kind kind;

        Code(Kind kind) {
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }
}
