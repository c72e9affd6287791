package org.altiplano.platform.audit.boundary;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.time.InstantSource;
import org.altiplano.platform.audit.control.KeyAddresses;
import org.altiplano.security.identity.Caller;

/** Writes down the first use of an API key from an address: what a stolen key is noticed by. Owns nothing; any thread. */
@Provider
@ApplicationScoped
public class KeyUseFilter implements ContainerRequestFilter {

    @Inject
    private KeyAddresses addresses;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest servlet;

    @Override
    public void filter(ContainerRequestContext request) {
        if (servlet.getUserPrincipal() instanceof Caller caller) {
            caller.key().ifPresent(key -> addresses.used(caller, key, servlet.getRemoteAddr(), clock.instant()));
        }
    }
}
