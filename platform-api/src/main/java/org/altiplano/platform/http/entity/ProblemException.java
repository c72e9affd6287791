package org.altiplano.platform.http.entity;

import java.util.Map;
import java.util.Optional;
import org.altiplano.contract.FailureException;

/** Carries a {@link Problem} to the boundary that tells it. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    public ProblemException(Problem problem) {
        this(problem, Map.of());
    }

    /** @param headers told with the problem */
    public ProblemException(Problem problem, Map<String, String> headers) {
        super(problem.message());
        this.problem = problem;
        this.headers = Map.copyOf(headers);
    }

    /** @param cause for the log; not told */
    public ProblemException(Problem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
        this.headers = Map.of();
    }

    public Problem problem() {
        return problem;
    }

    /** The headers that go with an error's problem. */
    public static Map<String, String> headers(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException known) {
                return known.headers;
            }
        }
        return Map.of();
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
