package org.altiplano.platform.sessions.entity;

import java.util.Set;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.NewPassword;

/** A valid request for a user of a tenant. */
public record MemberWish(String username, String tenant, Set<Role> roles, NewPassword password) {
}
