package org.altiplano.security.token;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.TenantId;

/**
 * Reads from a Keycloak realm's claims who calls. The tenant is the id of the one organization in the claim
 * {@code organization}: an alias can be renamed and given to somebody else. Its roles are those that the organization gives
 * at the client of the audience. That somebody administers the platform only the realm can say, in {@code groups}.
 */
final class OrganizationCaller {

    /** What the database and the log take. */
    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._:@-]{1,200}");

    private OrganizationCaller() {
    }

    static Optional<Caller> of(JWTClaimsSet claims, String audience) {
        Map<?, ?> organizations = map(claims.getClaim("organization"));
        if (organizations.size() != 1 || !SUBJECT.matcher(claims.getSubject()).matches()) {
            return Optional.empty();
        }
        Map<?, ?> organization = map(organizations.values().iterator().next());
        if (!(organization.get("id") instanceof String tenant) || !TenantId.isValid(tenant)) {
            return Optional.empty();
        }
        Set<Role> roles = roles(map(map(organization.get("resource_access")).get(audience)).get("roles"));
        roles.remove(Role.PLATFORM_ADMIN);
        if (roles(claims.getClaim("groups")).contains(Role.PLATFORM_ADMIN)) {
            roles.add(Role.PLATFORM_ADMIN);
        }
        return Optional.of(Caller.unlimited(tenant, claims.getSubject(), Caller.Origin.TOKEN, roles));
    }

    private static Map<?, ?> map(Object claim) {
        return claim instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Set<Role> roles(Object claim) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (claim instanceof Collection<?> words) {
            words.forEach(word -> Role.of(String.valueOf(word)).ifPresent(roles::add));
        }
        return roles;
    }
}
