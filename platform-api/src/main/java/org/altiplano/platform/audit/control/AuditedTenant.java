package org.altiplano.platform.audit.control;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Which tenant a request concerns, where its answer has no body that says so. Owns nothing; the request's thread. */
public final class AuditedTenant {

    private static final String ATTRIBUTE = AuditedTenant.class.getName();

    private AuditedTenant() {
    }

    public static void set(HttpServletRequest request, String tenant) {
        request.setAttribute(ATTRIBUTE, tenant);
    }

    public static Optional<String> of(HttpServletRequest request) {
        return Optional.ofNullable(request.getAttribute(ATTRIBUTE)).map(String.class::cast);
    }
}
