package org.altiplano.platform.sessions.entity;

import java.time.Instant;
import java.util.Set;
import org.altiplano.security.access.Role;

/**
 * A member of a tenant, wherever its users are kept.
 *
 * @param username by which the user signs in
 * @param owner by which keys and usage know the user
 * @param tenant id of the tenant
 * @param roles what the user is in it
 * @param createdAt when the user came to be
 */
public record Member(String username, String owner, String tenant, Set<Role> roles, Instant createdAt) {

    public Member {
        roles = Set.copyOf(roles);
    }
}
