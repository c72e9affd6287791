package org.altiplano.platform.setup.boundary;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.altiplano.platform.audit.boundary.AuditFilter;
import org.altiplano.platform.http.boundary.OperationGates;
import org.altiplano.platform.http.boundary.ProblemMapper;
import org.altiplano.platform.sessions.boundary.RealmSignInResource;
import org.altiplano.platform.sessions.boundary.RealmSignOutResource;
import org.altiplano.platform.sessions.boundary.SecondFactorResource;
import org.altiplano.platform.sessions.boundary.SessionResource;

/** Sign-in and sign-out. */
@ApplicationPath("/auth")
public class AuthApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(SessionResource.class, RealmSignInResource.class, RealmSignOutResource.class, SecondFactorResource.class,
                AuditFilter.class, OperationGates.class, ProblemMapper.class);
    }
}
