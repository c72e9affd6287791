package org.altiplano.security.identity;

import java.util.Locale;
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

    /** As settings and documents spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a user of the platform's own database may sign in. */
    public boolean admits(Caller user) {
        return this == EMBEDDED || user.roles().contains(Role.PLATFORM_ADMIN);
    }
}
