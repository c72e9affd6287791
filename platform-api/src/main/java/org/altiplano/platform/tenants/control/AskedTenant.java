package org.altiplano.platform.tenants.control;

import java.util.Optional;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.identity.Caller;

/** Says which tenant's matters a caller asks for, where it may name one. Owns nothing; any thread. */
public final class AskedTenant {

    private AskedTenant() {
    }

    /**
     * The tenant that is asked for: the caller's own if none is named and the operation does not reach the whole platform.
     *
     * @return empty if none is named and it does
     * @throws ProblemException 404 if the operation does not reach the named one, whether or not there is such a tenant
     */
    public static Optional<String> of(Caller caller, Operation operation, Optional<String> named) {
        if (caller.reach(operation) == Reach.PLATFORM) {
            return named;
        }
        String tenant = named.orElse(caller.tenant());
        if (!caller.reaches(operation, tenant, caller.owner())) {
            throw new ProblemException(Problem.of(404, "There is no tenant with this id."));
        }
        return Optional.of(tenant);
    }
}
