package org.altiplano.security.identity;

import org.altiplano.security.access.Role;

/** Where the platform's users are kept. */
public enum IdentityProvider {

    /** In the platform's own database. */
    EMBEDDED,

    /**
     * In a Keycloak realm. Of the platform's own users only platform administrators can still sign in: the command line
     * does so, and somebody must be able to while Keycloak is away.
     */
    KEYCLOAK;

    /** Whether a user of the platform's own database may sign in. */
    public boolean admits(Caller user) {
        return this == EMBEDDED || user.roles().contains(Role.PLATFORM_ADMIN);
    }
}
