package org.altiplano.platform.audit.boundary;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.audit.control.RefusalNotes;
import org.altiplano.security.identity.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down that a usage policy, or a tenant's standing, has refused a caller. Owns what it has written lately; any thread. */
@Provider
@ApplicationScoped
public class RefusalFilter implements ContainerResponseFilter {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalFilter.class);
    private static final Set<String> REASONS = Set.of("rate_limit_exceeded", "concurrency_limit_exceeded", "insufficient_quota", "tenant_suspended",
            "tenant_deleted");

    @Inject
    private AuditLog log;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest servlet;
    private final RefusalNotes notes = new RefusalNotes();

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() < 400 || !(response.getEntity() instanceof JsonObject body) || !body.containsKey("error")
                || !(servlet.getUserPrincipal() instanceof Caller caller)) {
            return;
        }
        String reason = body.getJsonObject("error").getString("code", "");
        Instant now = clock.instant();
        if (REASONS.contains(reason) && notes.isNew(caller.tenant(), caller.getName(), reason, now)) {
            try {
                log.append(new AuditLog.Deed(caller.tenant(), now, caller.getName(), caller.origin().name(), servlet.getRemoteAddr(),
                        "refused: " + reason, caller.owner(), response.getStatus()));
            } catch (RuntimeException e) {
                // The caller is refused all the same, and for the reason that was.
                LOG.warn("A refusal could not be written into the audit log: {}", e.toString());
            }
        }
    }
}
