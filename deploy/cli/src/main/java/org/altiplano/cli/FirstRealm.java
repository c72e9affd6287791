package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.altiplano.security.access.Role;

/**
 * Makes of the realm that we ship what a home's own Keycloak begins with: the secrets of its clients, the gateway's address, the organization that is
 * the tenant {@code default}, and the administrator, who has the name and password of {@code credentials.json} there too.
 */
final class FirstRealm {

    /** The tenant that the gateway makes at its first start. */
    private static final String TENANT = "default";
    private static final String LOGOUT = "backchannel.logout.url";
    private static final String ROLES = "altiplano-api";

    private FirstRealm() {
    }

    /** @param gateway its address, where the realm says that a session has ended */
    static ObjectNode of(JsonNode shipped, Credentials credentials, RealmSecrets secrets, String gateway) {
        ObjectNode realm = shipped.deepCopy();
        Map<String, String> byClient = Map.of("console", secrets.console(), "altiplano-provisioner", secrets.provisioner());
        for (JsonNode client : realm.withArray("clients")) {
            if (client.path("attributes") instanceof ObjectNode attributes && attributes.has(LOGOUT)) {
                attributes.put(LOGOUT, gateway + URI.create(attributes.path(LOGOUT).asText()).getPath());
            }
            String secret = byClient.get(client.path("clientId").asText());
            if (secret != null) {
                ((ObjectNode) client).put("secret", secret);
            }
        }
        ObjectNode user = realm.withArray("users").addObject().put("username", credentials.adminUser()).put("enabled", true);
        user.putArray("realmRoles").add(Role.PLATFORM_ADMIN.word());
        user.putArray("credentials").addObject().put("type", "password").put("value", credentials.adminPassword()).put("temporary", false);
        organization(realm, credentials.adminUser());
        return realm;
    }

    private static void organization(ObjectNode realm, String administrator) {
        // Its id is the tenant's, which an import can say and nothing else can.
        ObjectNode organization = realm.withArray("organizations").addObject().put("id", TENANT).put("name", TENANT).put("alias", TENANT)
                .put("enabled", true);
        List<String> joined = new ArrayList<>();
        for (Role role : Role.values()) {
            if (role != Role.PLATFORM_ADMIN) {
                String id = UUID.randomUUID().toString();
                organization.withArray("groups").addObject().put("id", id).put("name", role.word()).put("path", "/" + role.word())
                        .putObject("clientRoles").putArray(ROLES).add(role.word());
                if (role == Role.DEVELOPER) {
                    joined.add(id);
                }
            }
        }
        ObjectNode member = organization.withArray("members").addObject().put("username", administrator).put("membershipType", "UNMANAGED");
        joined.forEach(member.putArray("groups")::add);
    }
}
