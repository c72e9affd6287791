package org.altiplano.platform.audit.control;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.altiplano.security.identity.Caller;

/** What the audit log is to know of a request that neither its credentials nor its answer say. Owns nothing; the request's thread. */
public final class Audited {

    private static final String TENANT = Audited.class.getName() + ".tenant";
    private static final String CALLER = Audited.class.getName() + ".caller";

    private Audited() {
    }

    /** Which tenant it concerns, where its answer has no body that says so. */
    public static void in(HttpServletRequest request, String tenant) {
        request.setAttribute(TENANT, tenant);
    }

    /** Who makes it, where the resource itself has looked at the credentials. */
    public static void by(HttpServletRequest request, Caller caller) {
        request.setAttribute(CALLER, caller);
    }

    public static Optional<String> tenant(HttpServletRequest request) {
        return Optional.ofNullable(request.getAttribute(TENANT)).map(String.class::cast);
    }

    public static Optional<Caller> caller(HttpServletRequest request) {
        return Optional.ofNullable(request.getAttribute(CALLER)).map(Caller.class::cast);
    }
}
