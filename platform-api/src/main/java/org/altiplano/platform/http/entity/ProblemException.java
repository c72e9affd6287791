package org.altiplano.platform.http.entity;

import java.util.Optional;
import org.altiplano.contract.FailureException;

/** Carries a {@link Problem} to the boundary that tells it. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The problem that an error of the platform's own means to a caller, if it means one. */
    public static Optional<Problem> find(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException known) {
                return Optional.of(known.problem());
            }
            if (cause instanceof FailureException failure) {
                return Optional.of(Problem.of(failure.failure()));
            }
        }
        return Optional.empty();
    }
}
