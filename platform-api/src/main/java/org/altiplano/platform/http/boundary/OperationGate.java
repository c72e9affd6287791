package org.altiplano.platform.http.boundary;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.access.Operation;
import org.altiplano.security.identity.Caller;

/** Lets through to one resource method whoever may perform its operation. Owns nothing; any thread. */
final class OperationGate implements ContainerRequestFilter {

    private final Operation operation;

    OperationGate(Operation operation) {
        this.operation = operation;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        boolean may = request.getSecurityContext().getUserPrincipal() instanceof Caller caller && caller.may(operation);
        if (!may) {
            throw new ProblemException(Problem.of(403, "The caller may not do this."));
        }
    }
}
