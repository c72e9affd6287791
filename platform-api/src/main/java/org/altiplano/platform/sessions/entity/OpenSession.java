package org.altiplano.platform.sessions.entity;

import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;

/**
 * A session at the console that has not ended.
 *
 * @param caller whose it is
 * @param name what the user is called
 * @param provider where the user is kept
 */
public record OpenSession(Caller caller, String name, IdentityProvider provider) {
}
