package org.altiplano.platform.provisioning.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.setup.entity.IdentitySettings;
import org.altiplano.platform.tenants.control.Organizations;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.security.access.Role;

/**
 * Makes of each tenant an organization of the realm with one group for each role. Owns nothing; any thread. Each step looks
 * first whether it was done, and an organization that is not ours is known by the lack of our mark, so that a retry ends what
 * a failure left and nobody's organization is taken.
 */
public final class RealmOrganizations implements Organizations {

    private static final String MARK = "altiplano-tenant";
    private static final int MOST_GROUPS = 1_000;
    private static final Set<Role> GIVEN = EnumSet.complementOf(EnumSet.of(Role.PLATFORM_ADMIN));

    private final RealmAdministration realm;
    private final Tenants tenants;

    public RealmOrganizations(RealmAdministration realm, Tenants tenants) {
        this.realm = realm;
        this.tenants = tenants;
    }

    @Override
    public Optional<String> provide(String tenant) {
        String organization = tenants.organization(tenant).orElseGet(() -> found(tenant).orElseGet(() -> created(tenant)));
        groups(organization);
        return organization.equals(tenant) ? Optional.empty() : Optional.of(organization);
    }

    @Override
    public void remove(String tenant) {
        new RealmUsers(realm).removeAll(tenant);
        // One that was there before the tenant is not ours to remove.
        tenants.organization(tenant).ifPresent(organization -> realm.have(keycloak -> keycloak.deleteOrganization(organization)));
    }

    /** The id of a tenant's organization. */
    String of(String tenant) {
        return tenants.organization(tenant).orElse(tenant);
    }

    /** For each role that an organization gives the group of it that gives this role alone, made if it is missing. */
    Map<Role, String> groups(String organization) {
        Map<Role, String> groups = new EnumMap<>(Role.class);
        Map<String, String> byName = new HashMap<>();
        all(organization).forEach(group -> {
            byName.put(group.getString("name"), group.getString("id"));
            Set<Role> roles = roles(group);
            if (roles.size() == 1) {
                groups.putIfAbsent(roles.iterator().next(), group.getString("id"));
            }
        });
        for (Role role : GIVEN) {
            groups.computeIfAbsent(role, missing -> group(organization, missing, Optional.ofNullable(byName.get(missing.word()))));
        }
        return groups;
    }

    /** The roles that each of an organization's groups gives, by the group's id. */
    Map<String, Set<Role>> rolesByGroup(String organization) {
        Map<String, Set<Role>> roles = new HashMap<>();
        all(organization).forEach(group -> roles.put(group.getString("id"), roles(group)));
        return roles;
    }

    private List<JsonObject> all(String organization) {
        return realm.ask(keycloak -> keycloak.groups(organization, false, MOST_GROUPS)).orElse(JsonValue.EMPTY_JSON_ARRAY)
                .getValuesAs(JsonObject.class);
    }

    private String group(String organization, Role role, Optional<String> named) {
        String group = named.orElseGet(() -> realm.ask(keycloak -> keycloak.createGroup(organization, Json.object().add("name", role.word()).build()))
                .orElseThrow(() -> broken("Keycloak has no organization " + organization + ", or a group of it is being made at this moment.")).getString("id"));
        JsonArray open = realm.ask(keycloak -> keycloak.rolesToGive(organization, group, IdentitySettings.AUDIENCE_ID))
                .orElseThrow(() -> broken("Keycloak's realm lacks the client altiplano-api as it is shipped."));
        var wanted = Json.array();
        open.getValuesAs(JsonObject.class).stream().filter(one -> one.getString("name").equals(role.word())).forEach(wanted::add);
        realm.have(keycloak -> keycloak.giveRoles(organization, group, IdentitySettings.AUDIENCE_ID, wanted.build()));
        return group;
    }

    private static Set<Role> roles(JsonObject group) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        Optional.ofNullable(group.getJsonObject("clientRoles")).map(clients -> clients.getJsonArray(IdentitySettings.AUDIENCE))
                .ifPresent(words -> words.forEach(word -> Role.of(((JsonString) word).getString()).filter(GIVEN::contains).ifPresent(roles::add)));
        return roles;
    }

    /** The one that has the tenant's id, or that an earlier try made. */
    private Optional<String> found(String tenant) {
        if (realm.ask(keycloak -> keycloak.organization(tenant)).isPresent()) {
            return Optional.of(tenant);
        }
        Optional<JsonObject> named = realm.ask(keycloak -> keycloak.organizations(tenant, true, false)).orElse(JsonValue.EMPTY_JSON_ARRAY)
                .getValuesAs(JsonObject.class).stream().filter(one -> one.getString("name").equals(tenant)).findFirst();
        named.filter(one -> !isOurs(one, tenant)).ifPresent(foreign -> {
            throw new ProblemException(new Problem(409, "invalid_request_error", "Keycloak has an organization " + tenant + " that is not the platform's: "
                    + "to make it a tenant, give its id, " + foreign.getString("id") + ", as the tenant's.", Optional.of("id"),
                    Optional.of("organization_exists"), Optional.empty()));
        });
        return named.map(one -> one.getString("id"));
    }

    private static boolean isOurs(JsonObject organization, String tenant) {
        return Optional.ofNullable(organization.getJsonObject("attributes")).map(attributes -> attributes.getJsonArray(MARK))
                .filter(values -> values.size() == 1 && values.getString(0).equals(tenant)).isPresent();
    }

    private String created(String tenant) {
        realm.have(keycloak -> keycloak.createOrganization(Json.object().add("name", tenant).add("alias", tenant).add("enabled", true)
                .add("attributes", Json.object().add(MARK, Json.array().add(tenant))).build()).close());
        return found(tenant).orElseThrow(() -> broken("Keycloak has not made the organization."));
    }

    private static ProblemException broken(String message) {
        return new ProblemException(new Problem(502, "server_error", message, Optional.empty(), Optional.of("identity_provider_failed"), Optional.empty()));
    }
}
