package org.altiplano.platform;

import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.send;
import static org.altiplano.platform.TenantsOfARealm.bearer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.altiplano.security.access.Access;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Role;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may do what at the real application, for every endpoint of its OpenAPI document; callers come with a realm's tokens. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class AccessIT {

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    @RegisterExtension
    static final TenantsOfARealm realm = new TenantsOfARealm("worker-3");

    /** One method of one address. */
    private record Endpoint(String method, String path, Operation operation) {
    }

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("access.war");
    }

    @Test
    void everyEndpointAnswersEveryRoleAsTheTableSays() {
        List<String> wrong = new ArrayList<>();
        for (Endpoint endpoint : endpoints()) {
            for (Role role : Role.values()) {
                int status = call(endpoint, "nobody", realm.token("acme", "u-" + role.word(), role)).statusCode();
                boolean may = Access.reach(role, endpoint.operation()) != Reach.NONE;
                if (status == 401 || status >= 500 || may == (status == 403)) {
                    wrong.add(role.word() + " " + endpoint + ": " + status);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void nobodyIsLetInWithoutCredentials() {
        for (Endpoint endpoint : endpoints()) {
            assertEquals(401, send(request(endpoint, "nobody")).statusCode(), endpoint.toString());
        }
    }

    @Test
    void noApiKeyReachesTheAdministration() {
        String key = key(realm.token("acme", "ann", Role.TENANT_ADMIN), "{\"scopes\":[\"inference\",\"models\"]}").getString("key");
        for (Endpoint endpoint : endpoints()) {
            int status = call(endpoint, "nobody", key).statusCode();
            assertEquals(endpoint.path().startsWith("/admin/"), status == 403, endpoint + ": " + status);
        }
    }

    @Test
    void whatBelongsToAnotherTenantDoesNotExist() {
        String foreign = key(realm.token("globex", "bob", Role.DEVELOPER), "{}").getString("id");
        assertEquals(201, member(realm.token("globex", "gil", Role.TENANT_ADMIN), "gwen", "developer").statusCode());
        String policy = policy("globex").getString("id");
        Map<String, String> foreigners = Map.of("api-keys", foreign, "members", "gwen", "tenants", "globex", "usage-policies", policy,
                "pinned-prefixes", "of-the-operator", "content-log", "of-a-reviewer", "model-jobs", "of-the-operator");
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.path().contains("{id}")) {
                for (Role role : List.of(Role.TENANT_ADMIN, Role.DEVELOPER, Role.AUDITOR)) {
                    String token = realm.token("acme", "bob", role);
                    HttpResponse<String> answer = call(endpoint, foreigners.get(endpoint.path().split("/")[3]), token);
                    HttpResponse<String> unknown = call(endpoint, "nobody", token);
                    assertEquals(Access.reach(role, endpoint.operation()) == Reach.NONE ? 403 : 404, answer.statusCode(), role + " " + endpoint);
                    assertEquals(unknown.body(), answer.body(), role + " " + endpoint);
                }
            }
        }
        String admin = realm.token("acme", "ann", Role.TENANT_ADMIN);
        assertEquals(404, create(admin, "{\"tenant\":\"globex\"}").statusCode());
        assertFalse(send(bearer("/admin/v1/api-keys", admin)).body().contains("globex"));
        assertEquals(404, send(bearer("/admin/v1/api-keys?tenant=globex", admin)).statusCode());
        assertTrue(keys(realm.token("globex", "gil", Role.TENANT_ADMIN)).contains(foreign), "its own tenant still has it");
    }

    @Test
    void whoLooksAfterOrAuditsATenantSeesItsUsageItsPoliciesAndItsAuditLogAndNoOther() {
        key(realm.token("acme", "ann", Role.TENANT_ADMIN), "{}");
        key(realm.token("globex", "gil", Role.TENANT_ADMIN), "{}");
        String acmes = policy("acme").getString("id");
        String globexs = policy("globex").getString("id");
        for (Role role : List.of(Role.TENANT_ADMIN, Role.AUDITOR)) {
            String token = realm.token("acme", "ann", role);
            for (String path : List.of("usage", "usage.csv", "quotas", "usage-policies", "audit", "audit/verify", "audit/export")) {
                String operation = path.startsWith("audit") ? "SEE_AUDIT" : path.equals("quotas") ? "SEE_QUOTAS"
                        : path.equals("usage-policies") ? "LIST_POLICIES" : "SEE_USAGE";
                boolean may = Access.reach(role, Operation.valueOf(operation)) != Reach.NONE;
                assertEquals(may ? 200 : 403, send(bearer("/admin/v1/" + path, token)).statusCode(), role + " " + path);
                assertEquals(may ? 200 : 403, send(bearer("/admin/v1/" + path + "?tenant=acme", token)).statusCode(), role + " " + path);
                assertEquals(may ? 404 : 403, send(bearer("/admin/v1/" + path + "?tenant=globex", token)).statusCode(), role + " " + path);
                assertEquals(may ? 404 : 403, send(bearer("/admin/v1/" + path + "?tenant=%40platform", token)).statusCode(), role + " " + path);
            }
        }
        String admin = realm.token("acme", "ann", Role.TENANT_ADMIN);
        assertTrue(send(bearer("/admin/v1/usage-policies", admin)).body().contains(acmes));
        assertFalse(send(bearer("/admin/v1/usage-policies", admin)).body().contains(globexs));
        assertEquals(200, send(bearer("/admin/v1/usage-policies/" + acmes, admin)).statusCode());
        String chains = send(bearer("/admin/v1/audit/chains", realm.token("acme", "ann", Role.AUDITOR))).body();
        assertTrue(chains.contains("\"acme\""), chains);
        assertFalse(chains.contains("globex") || chains.contains("@platform"), chains);
    }

    @Test
    void aTenantsAdministratorLimitsItFurtherAndNeverLoosensWhatThePlatformHasSet() {
        String ann = realm.token("acme", "ann", Role.TENANT_ADMIN);
        String root = realm.token("initech", "root", Role.PLATFORM_ADMIN);
        key(ann, "{}");
        String platforms = policy("acme").getString("id");
        assertEquals("platform", json(send(bearer("/admin/v1/usage-policies/" + platforms, ann)).body()).getString("keeper"));
        for (HttpResponse<String> refused : List.of(changePolicy(ann, platforms, 1, "{\"requestsPerMinute\":2000}"), changePolicy(ann, platforms, 1, "{}"),
                send(bearer("/admin/v1/usage-policies/" + platforms, ann).header("If-Match", "\"1\"").DELETE()))) {
            assertEquals(403, refused.statusCode());
            assertTrue(refused.body().contains("policy_of_the_platform"), refused.body());
        }
        String owner = "owner-" + UUID.randomUUID();
        assertEquals(404, createPolicy(ann, "{\"tenant\":\"globex\",\"scope\":\"owner\",\"subject\":\"" + owner + "\"}").statusCode());
        HttpResponse<String> created = createPolicy(ann, "{\"scope\":\"owner\",\"subject\":\"" + owner + "\",\"requestsPerMinute\":1}");
        assertEquals(201, created.statusCode(), created.body());
        assertEquals("acme tenant", json(created.body()).getString("tenant") + " " + json(created.body()).getString("keeper"));
        String hers = json(created.body()).getString("id");
        String member = realm.token("acme", owner, Role.SAFETY_REVIEWER);
        assertEquals(200, complete(member).statusCode());
        assertEquals(429, complete(member).statusCode());
        assertEquals(1, json(send(bearer("/v1/usage", member)).body()).getJsonArray("data").getJsonObject(0).getInt("generations"),
                "a safety-reviewer sees what it has used itself");
        assertEquals(200, changePolicy(ann, hers, 1, "{\"requestsPerMinute\":100}").statusCode());
        assertEquals("platform", json(changePolicy(root, hers, 2, "{\"requestsPerMinute\":1}").body()).getString("keeper"), "now it is the platform's");
        assertEquals(403, changePolicy(ann, hers, 3, "{\"requestsPerMinute\":100}").statusCode());
        assertEquals(404, changePolicy(realm.token("globex", "gil", Role.TENANT_ADMIN), hers, 3, "{}").statusCode());
    }

    private static HttpResponse<String> complete(String token) {
        return send(bearer("/v1/completions", token).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"fast\",\"prompt\":\"ab\"}")));
    }

    private static HttpResponse<String> createPolicy(String token, String body) {
        return send(bearer("/admin/v1/usage-policies", token).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> changePolicy(String token, String id, int version, String body) {
        return send(bearer("/admin/v1/usage-policies/" + id, token).header("Content-Type", "application/json").header("If-Match", "\"" + version + "\"")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aTenantThatOnlyTheRealmKnowsIsServedAndOneThatIsSuspendedHereIsNot() {
        String token = realm.token("umbrella", "uma", Role.DEVELOPER);
        assertEquals(200, send(bearer("/v1/models", token)).statusCode());
        String root = realm.token("initech", "root", Role.PLATFORM_ADMIN);
        key(realm.token("hooli", "hal", Role.DEVELOPER), "{}");
        HttpResponse<String> suspended = send(bearer("/admin/v1/tenants/hooli", root).header("Content-Type", "application/json").header("If-Match", "\"1\"")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"name\":\"Hooli\",\"status\":\"suspended\"}")));
        assertEquals(200, suspended.statusCode(), suspended.body());
        assertEquals(403, send(bearer("/v1/models", realm.token("hooli", "hal", Role.DEVELOPER))).statusCode());
    }

    @Test
    void aDeveloperSeesAndEndsItsOwnKeysOnly() {
        String ada = realm.token("acme", "ada", Role.DEVELOPER);
        String eve = realm.token("acme", "eve", Role.DEVELOPER);
        String adas = key(ada, "{}").getString("id");
        assertTrue(keys(ada).contains(adas));
        assertFalse(keys(eve).contains(adas));
        assertEquals(404, send(bearer("/admin/v1/api-keys/" + adas, eve).DELETE()).statusCode());
        assertTrue(keys(realm.token("acme", "ann", Role.TENANT_ADMIN)).contains(adas));
        assertEquals(204, send(bearer("/admin/v1/api-keys/" + adas, ada).DELETE()).statusCode());
    }

    @Test
    void aTenantsAdministratorLooksAfterItsMembersAndNobodyElse() {
        String admin = realm.token("initech", "ida", Role.TENANT_ADMIN);
        key(admin, "{}");
        assertEquals(201, member(admin, "ivy", "developer").statusCode());
        assertEquals(409, member(admin, "ivy", "developer").statusCode());
        assertEquals(403, member(admin, "ivo", "platform-admin").statusCode());
        assertEquals(400, member(admin, "ivo", "king").statusCode());
        assertEquals(400, member(admin, "../ivo", "developer").statusCode());
        assertEquals(404, send(bearer("/admin/v1/members", admin).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers
                .ofString("{\"username\":\"ivo\",\"tenant\":\"default\",\"roles\":[\"developer\"],\"password\":\"a long password\"}"))).statusCode());
        assertTrue(send(bearer("/admin/v1/members", admin)).body().contains("\"ivy\""));
        assertFalse(send(bearer("/admin/v1/members", admin)).body().contains("\"admin\""), "of another tenant");
        assertEquals("[\"auditor\"]", json(change("ivy", admin, "{\"roles\":[\"auditor\"]}").body()).get("roles").toString());
        assertEquals(403, change("ivy", admin, "{\"roles\":[\"platform-admin\"]}").statusCode());
        assertEquals(400, change("ivy", admin, "{\"roles\":[]}").statusCode());
        assertEquals(400, change("ivy", admin, "{\"password\":\"short\"}").statusCode());
        assertEquals(204, send(bearer("/admin/v1/members/ivy", admin).DELETE()).statusCode());
    }

    @Test
    void whereUsersAreKeptInKeycloakOnlyPlatformAdministratorsSignInHere() {
        String root = realm.token("initech", "root", Role.PLATFORM_ADMIN);
        String admin = realm.token("initech", "ida", Role.TENANT_ADMIN);
        key(admin, "{}");
        assertEquals(201, member(admin, "una", "tenant-admin").statusCode());
        assertEquals(401, login("una").statusCode());
        assertEquals(200, change("una", root, "{\"roles\":[\"platform-admin\"]}").statusCode());
        HttpResponse<String> signedIn = login("una");
        assertEquals(200, signedIn.statusCode());
        String session = signedIn.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
        String key = json(send(plain("/admin/v1/api-keys").header("Cookie", session).header("X-Requested-With", "altiplano")
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{}"))).body()).getString("key");
        assertEquals(403, change("una", admin, "{\"password\":\"a longer password\"}").statusCode(), "she is above a tenant's administrator now");
        assertEquals(403, send(bearer("/admin/v1/members/una", admin).DELETE()).statusCode());
        assertEquals(200, change("una", root, "{\"password\":\"a longer password\"}").statusCode());
        assertEquals(401, send(plain("/auth/session").header("Cookie", session)).statusCode(), "a new password ends her sessions");
        assertEquals(200, send(bearer("/v1/models", key)).statusCode());
        assertEquals(204, send(bearer("/admin/v1/members/una", root).DELETE()).statusCode());
        assertEquals(401, send(bearer("/v1/models", key)).statusCode(), "her keys went with her");
        assertEquals(409, send(bearer("/admin/v1/members/admin", root).DELETE()).statusCode(), "the last one stays");
        assertEquals(409, change("admin", root, "{\"roles\":[\"developer\"]}").statusCode());
    }

    @Test
    void aTokenOpensTheInferenceApiAndAForgedOneLooksLikeAWrongKey() {
        assertEquals(200, send(bearer("/v1/models", realm.token("acme", "ada", Role.DEVELOPER))).statusCode());
        HttpResponse<String> forged = send(bearer("/v1/models", realm.forged()));
        assertEquals(401, forged.statusCode());
        assertEquals(send(bearer("/v1/models", "nonsense")).body(), forged.body());
        assertEquals(401, send(plain("/v1/models?access_token=" + realm.token("acme", "ada", Role.DEVELOPER))).statusCode());
    }

    @Test
    void aTokenWithoutATenantIsToldWhatItLacks() {
        HttpResponse<String> answer = send(bearer("/v1/models", realm.token(claims -> claims)));
        assertEquals(403, answer.statusCode());
        assertEquals("no_tenant", json(answer.body()).getJsonObject("error").getString("code"));
    }

    /** All but sign-in and sign-out, which come before anybody is known. */
    private static List<Endpoint> endpoints() {
        JsonObject paths = json(send(plain("/openapi?format=json").header("Accept", "application/json")).body()).getJsonObject("paths");
        List<Endpoint> endpoints = new ArrayList<>();
        paths.forEach((path, methods) -> ((JsonObject) methods).forEach((method, told) -> {
            if (METHODS.contains(method)) {
                Operation operation = Operation.valueOf(((JsonObject) told).getString("x-operation").toUpperCase(Locale.ROOT).replace('-', '_'));
                if (!operation.isOpen()) {
                    endpoints.add(new Endpoint(method.toUpperCase(Locale.ROOT), path, operation));
                }
            }
        }));
        assertEquals(Set.of(Operation.values()).stream().filter(operation -> !operation.isOpen()).collect(Collectors.toSet()),
                endpoints.stream().map(Endpoint::operation).collect(Collectors.toSet()), "the document offers every operation");
        return endpoints;
    }

    private static HttpResponse<String> call(Endpoint endpoint, String id, String token) {
        return send(request(endpoint, id).header("Authorization", "Bearer " + token));
    }

    private static HttpRequest.Builder request(Endpoint endpoint, String id) {
        HttpRequest.Builder request = plain(endpoint.path().replaceAll("\\{[^}]+}", id));
        return endpoint.method().equals("GET") ? request : request.header("Content-Type", "application/json")
                .method(endpoint.method(), HttpRequest.BodyPublishers.ofString("{}"));
    }

    private static JsonObject key(String token, String body) {
        HttpResponse<String> response = create(token, body);
        assertEquals(201, response.statusCode(), response.body());
        return json(response.body());
    }

    /** A policy for a new owner of the tenant, made by a platform-admin. */
    private static JsonObject policy(String tenant) {
        HttpResponse<String> response = createPolicy(realm.token("initech", "root", Role.PLATFORM_ADMIN), "{\"tenant\":\"" + tenant
                + "\",\"scope\":\"owner\",\"subject\":\"" + UUID.randomUUID() + "\",\"requestsPerMinute\":1000}");
        assertEquals(201, response.statusCode(), response.body());
        return json(response.body());
    }

    private static HttpResponse<String> create(String token, String body) {
        return send(bearer("/admin/v1/api-keys", token).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> member(String token, String username, String role) {
        return send(bearer("/admin/v1/members", token).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                "{\"username\":\"" + username + "\",\"roles\":[\"" + role + "\"],\"password\":\"a long password\"}")));
    }

    private static HttpResponse<String> change(String username, String token, String body) {
        return send(bearer("/admin/v1/members/" + username, token).header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> login(String username) {
        return send(plain("/auth/login").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers
                .ofString("{\"username\":\"" + username + "\",\"password\":\"a long password\"}")));
    }

    private static Set<String> keys(String token) {
        return json(send(bearer("/admin/v1/api-keys?limit=500", token)).body()).getJsonArray("data").getValuesAs(JsonValue.class).stream()
                .map(key -> ((JsonObject) key).getString("id")).collect(Collectors.toSet());
    }
}
