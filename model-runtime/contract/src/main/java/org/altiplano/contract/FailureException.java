package org.altiplano.contract;

/** Carries a {@link Failure} where a method has no listener to tell. */
public final class FailureException extends RuntimeException {

    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public FailureException(Failure.Code code, String message) {
        this(new Failure(code, message));
    }

    public Failure failure() {
        return failure;
    }
}
