package org.altiplano.platform.audit.boundary;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.audit.control.Audited;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.access.Role;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.TenantId;

/**
 * Writes down every change that is asked of the administration, and every sign-in, with how it ended; also those of
 * resources that know nothing of it. Nobody is told of a success that is not written down. Of a request's body
 * nothing is written, since it may hold a password. Owns nothing; any thread.
 */
@Provider
@ApplicationScoped
public class AuditFilter implements ContainerResponseFilter {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @Inject
    private AuditLog log;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest servlet;
    @Context
    private ResourceInfo resource;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        // Who looks at what others were told is written down too.
        if (READING.contains(request.getMethod()) && !performs(Operation.READ_CONTENT_LOG)) {
            return;
        }
        Optional<JsonObject> told = response.getStatus() < 300 && response.getEntity() instanceof JsonObject body ? Optional.of(body) : Optional.empty();
        Optional<Caller> caller = Optional.ofNullable(servlet.getUserPrincipal()).filter(Caller.class::isInstance).map(Caller.class::cast)
                .or(() -> Audited.caller(servlet));
        // A sign-in has no caller yet; whom it signed in stands in its answer.
        Optional<String> actor = caller.map(Caller::getName).or(() -> member(told, "username"));
        if (actor.isEmpty() && !(performs(Operation.SIGN_IN) && response.getStatus() == Response.Status.UNAUTHORIZED.getStatusCode())) {
            // Whoever is nobody must not fill the log with what came to nothing; failed sign-ins are few, they are slowed down.
            return;
        }
        log.append(new AuditLog.Deed(chain(request, told, caller), clock.instant(), actor.orElse(""), caller.map(one -> one.origin().name()).orElse(""),
                servlet.getRemoteAddr(), request.getMethod() + " " + servlet.getRequestURI(), member(told, "id").orElse(""), response.getStatus()));
    }

    private boolean performs(Operation operation) {
        return Optional.ofNullable(resource.getResourceMethod()).map(method -> method.getAnnotation(Performs.class))
                .filter(performs -> performs.value() == operation).isPresent();
    }

    /**
     * The tenant that the resource or its answer names, else that of a caller who looks after no other. Whoever makes names up makes
     * no chains.
     */
    private String chain(ContainerRequestContext request, Optional<JsonObject> told, Optional<Caller> caller) {
        Optional<String> named = Audited.tenant(servlet).or(() -> member(told, "tenant"));
        List<String> path = request.getUriInfo().getPathSegments().stream().map(segment -> segment.getPath()).toList();
        if (named.isEmpty() && !path.isEmpty() && path.get(0).equals("tenants")) {
            named = member(told, "id");
        }
        return named.filter(TenantId::isValid)
                .or(() -> caller.filter(one -> !one.roles().contains(Role.PLATFORM_ADMIN)).map(Caller::tenant)).orElse(AuditEvent.PLATFORM);
    }

    private static Optional<String> member(Optional<JsonObject> told, String name) {
        return told.map(body -> body.get(name)).filter(JsonString.class::isInstance).map(value -> ((JsonString) value).getString());
    }
}
