package org.altiplano.security.identity;

import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.altiplano.security.access.Access;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Role;
import org.altiplano.security.access.Scope;

/**
 * Who is calling.
 *
 * @param tenant id of the tenant that the call belongs to
 * @param owner the user's name or the subject of its token; of an API key that of whose it is, empty where that was never written down
 * @param key id of the API key, where there is one
 * @param origin how the caller proved who it is
 * @param roles what the caller is
 * @param scopes what the credentials are limited to; empty if they are not
 * @param models which models the credentials are limited to; empty if they are not
 */
public record Caller(String tenant, String owner, Optional<String> key, Origin origin, Set<Role> roles,
                     Optional<Set<Scope>> scopes, Optional<Set<String>> models) implements Principal {

    /** How a caller proved who it is. */
    public enum Origin { API_KEY, SESSION, TOKEN }

    public Caller {
        roles = Set.copyOf(roles);
        scopes = scopes.map(Set::copyOf);
        models = models.map(Set::copyOf);
    }

    /** Somebody whose credentials are limited to nothing: what the roles allow is allowed. */
    public static Caller unlimited(String tenant, String owner, Origin origin, Set<Role> roles) {
        return new Caller(tenant, owner, Optional.empty(), origin, roles, Optional.empty(), Optional.empty());
    }

    /** How far the operation goes for this caller. */
    public Reach reach(Operation operation) {
        boolean covered = scopes.isEmpty() || scopes.get().stream().anyMatch(scope -> scope.covers(operation));
        return covered ? Access.reach(roles, operation) : Reach.NONE;
    }

    public boolean may(Operation operation) {
        return reach(operation) != Reach.NONE;
    }

    /** Whether the credentials are good for this model. */
    public boolean mayUse(String model) {
        return models.isEmpty() || models.get().contains(model);
    }

    /** Whether the operation reaches what belongs to this tenant and, within it, to this owner. */
    public boolean reaches(Operation operation, String tenantId, String ownerName) {
        return switch (reach(operation)) {
            case NONE -> false;
            case OWN -> tenant.equals(tenantId) && owner.equals(ownerName);
            case TENANT -> tenant.equals(tenantId);
            case PLATFORM -> true;
        };
    }

    /** The roles as databases and documents spell them. */
    public Set<String> roleWords() {
        return roles.stream().map(Role::word).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String getName() {
        return key.map(id -> "key:" + id).orElse(owner);
    }
}
