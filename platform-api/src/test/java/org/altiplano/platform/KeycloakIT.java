package org.altiplano.platform;

import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.altiplano.contract.Eventually;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The real application beside a real Keycloak with the realm that we ship. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakIT {

    private static Gateway gateway;
    private static Keycloak keycloak;

    @Deployment(testable = false)
    static WebArchive war() {
        try {
            // Read when the application starts; without it the platform leaves the realm alone, as in all other tests.
            Files.writeString(Gateway.secret("keycloak-provisioner"), Keycloak.PROVISIONER_SECRET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Gateway.war("keycloak.war");
    }

    @BeforeEach
    void start() {
        if (gateway == null) {
            keycloak = Keycloak.start();
            gateway = new Gateway("worker-4");
        }
    }

    @AfterAll
    static void close() throws IOException {
        Files.deleteIfExists(Gateway.secret("keycloak-provisioner"));
        keycloak.close();
        gateway.close();
    }

    @Test
    @Order(1)
    void aMemberActsForItsOrganizationWithTheRolesThatThisGivesIt() {
        String alice = access("alice");
        assertEquals(200, status("/v1/models", alice));
        assertEquals(403, status("/admin/v1/workers", alice));
        JsonObject key = json(send(bearer("/admin/v1/api-keys", alice).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))).body());
        assertTrue(key.getString("tenant").matches("[0-9a-f-]{36}"), "the organization's id, not its alias: " + key);
        String bob = access("bob");
        assertEquals(404, send(bearer("/admin/v1/api-keys/" + key.getString("id"), bob).DELETE()).statusCode());
        assertEquals(204, send(bearer("/admin/v1/api-keys/" + key.getString("id"), alice).DELETE()).statusCode());
    }

    @Test
    @Order(1)
    void onlyTheRealmMakesAPlatformAdministrator() {
        assertEquals(200, status("/admin/v1/workers", access("root")));
        assertEquals(403, status("/v1/models", access("root")));
    }

    @Test
    @Order(1)
    void whoeverIsInTwoOrganizationsOrInNoneHasNoTenant() {
        for (String user : new String[] {"carol", "dave"}) {
            HttpResponse<String> answer = send(bearer("/v1/models", access(user)));
            assertEquals(403, answer.statusCode());
            assertEquals("no_tenant", json(answer.body()).getJsonObject("error").getString("code"));
        }
    }

    @Test
    @Order(1)
    void takesNoTokenThatWasMadeForSomethingElse() {
        JsonObject tokens = Keycloak.signIn("alice");
        assertEquals(401, status("/v1/models", tokens.getString("id_token")));
        assertEquals(401, status("/v1/models", tokens.getString("refresh_token")));
        assertEquals(401, status("/v1/models", Keycloak.administrator()));
    }

    @Test
    @Order(1)
    void aMemberSignsInAtTheRealmAndTheBrowserHoldsNothingButACookie() {
        RealmBrowser browser = new RealmBrowser();
        URI realm = browser.begin("/playground?model=fast");
        assertTrue(realm.getQuery().contains("code_challenge_method=S256") && realm.getQuery().contains("&nonce="), realm.toString());
        URI back = browser.atTheRealm(realm, "alice", "alice's password");
        HttpResponse<String> answer = browser.get(back);
        assertEquals(Gateway.BASE.resolve("/playground?model=fast"), RealmBrowser.target(answer));
        assertEquals("", answer.body());
        String cookie = answer.headers().allValues("Set-Cookie").stream().filter(one -> one.startsWith("altiplano_session=")).findFirst().orElseThrow();
        assertTrue(cookie.matches("altiplano_session=[A-Za-z0-9_-]{43};.*") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
        assertTrue(browser.cookie("altiplano_sign_in").isEmpty(), "the attempt is over");
        JsonObject session = json(browser.get("/auth/session").body());
        assertEquals("alice", session.getString("username"));
        assertEquals("keycloak", session.getString("provider"));
        assertEquals("[\"developer\",\"tenant-admin\"]", session.getJsonArray("roles").toString());
        assertEquals(200, browser.get("/v1/models").statusCode());
        assertEquals(403, browser.get("/admin/v1/workers").statusCode());
        assertEquals(409, administer(browser, "POST", "/auth/password", "{}").statusCode(), "her password is Keycloak's");
        for (HttpResponse<String> factor : List.of(browser.get("/auth/second-factor"), administer(browser, "POST", "/auth/second-factor", "{}"),
                administer(browser, "POST", "/auth/second-factor/confirm", "{}"), administer(browser, "POST", "/auth/second-factor/remove", "{}"))) {
            assertEquals(409, factor.statusCode(), "and so is her second factor");
            assertEquals("second_factor_kept_elsewhere", json(factor.body()).getJsonObject("error").getString("code"));
        }
    }

    @Test
    @Order(1)
    void anAnswerOfTheRealmIsGoodOnceAndOnlyInTheBrowserThatAsked() {
        RealmBrowser asking = new RealmBrowser();
        URI back = asking.atTheRealm(asking.begin("/"), "alice", "alice's password");
        RealmBrowser other = new RealmBrowser();
        assertEquals(told("stale"), RealmBrowser.target(other.get(back)));
        other.begin("/");
        assertEquals(told("stale"), RealmBrowser.target(other.get(back)), "its own attempt is another one");
        String attempt = asking.cookie("altiplano_sign_in").orElseThrow();
        assertEquals(Gateway.BASE.resolve("/"), RealmBrowser.target(asking.get(back)));
        asking.plant("/auth/keycloak", "altiplano_sign_in", attempt);
        assertEquals(told("refused"), RealmBrowser.target(asking.get(back)));
        assertEquals(told("stale"), RealmBrowser.target(new RealmBrowser().get("/auth/keycloak/callback?code=x&state=y")));
        assertEquals(told("stale"), RealmBrowser.target(new RealmBrowser().get("/auth/keycloak/callback?error=%3Cscript%3E")));
    }

    @Test
    @Order(1)
    void aSignInLeadsToTheConsoleOnly() {
        for (String page : new String[] {"//evil.example.org", "https://evil.example.org/", "/\\evil.example.org", "/%2f/evil", "javascript:alert(1)"}) {
            assertEquals(Gateway.BASE.resolve("/"), new RealmBrowser().signIn("bob", "bob's password", page), page);
        }
    }

    @Test
    @Order(1)
    void aSessionThatWasPlantedIsNotTheOneThatASignInOpens() {
        RealmBrowser browser = new RealmBrowser();
        browser.plant("/", "altiplano_session", "planted");
        browser.signIn("alice", "alice's password", "/");
        String first = browser.cookie("altiplano_session").orElseThrow();
        assertNotEquals("planted", first);
        // Whoever signs in again, which the realm grants at once, has one session and not two.
        assertEquals(Gateway.BASE.resolve("/"), RealmBrowser.target(browser.get(RealmBrowser.target(browser.get(browser.begin("/"))))));
        assertEquals(401, send(plain("/auth/session").header("Cookie", "altiplano_session=" + first)).statusCode());
        assertEquals(200, browser.get("/auth/session").statusCode());
    }

    @Test
    @Order(1)
    void whoeverSignsOutIsSignedOutAtTheRealmToo() {
        RealmBrowser browser = new RealmBrowser();
        browser.signIn("bob", "bob's password", "/");
        assertEquals(302, browser.get(browser.begin("/")).statusCode(), "the realm knows the browser");
        assertEquals(204, browser.post("/auth/logout").statusCode());
        assertEquals(401, browser.get("/auth/session").statusCode());
        assertEquals(200, browser.get(browser.begin("/")).statusCode(), "the realm asks for the password again");
    }

    @Test
    @Order(1)
    void whoeverHasNoOrganizationIsToldSoAndNotLetIn() {
        RealmBrowser browser = new RealmBrowser();
        assertEquals(told("homeless"), browser.signIn("dave", "dave's password", "/"));
        assertEquals(401, browser.get("/auth/session").statusCode());
    }

    @Test
    @Order(1)
    void aSessionGoesOnAsLongAsTheRealmSaysAndIsOverAsSoonAsItSaysSoByItself() throws InterruptedException {
        RealmBrowser browser = new RealmBrowser();
        browser.signIn("alice", "alice's password", "/");
        // Longer than an access token lives here.
        Thread.sleep(3_000);
        assertEquals(200, browser.get("/auth/session").statusCode());
        RealmBrowser elsewhere = new RealmBrowser();
        elsewhere.signIn("bob", "bob's password", "/");
        long before = ended("alice");
        Keycloak.endSessions("alice");
        assertEquals(401, browser.get("/auth/session").statusCode());
        assertTrue(ended("alice") > before, "the realm has said so, it was not asked");
        assertEquals(200, elsewhere.get("/auth/session").statusCode());
        for (String token : new String[] {"", "x", access("alice"), Keycloak.signIn("alice").getString("id_token")}) {
            HttpResponse<String> refused = send(plain("/auth/keycloak/logout").header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("logout_token=" + token)));
            assertEquals(400, refused.statusCode(), refused.body());
        }
    }

    @Test
    @Order(1)
    void aTenantAndItsMembersComeToBeInTheRealm() {
        RealmBrowser root = new RealmBrowser();
        root.signIn("root", "root's password", "/");
        assertEquals(201, administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"vandelay\",\"name\":\"Vandelay\"}").statusCode());
        assertEquals(1, Keycloak.organizations("vandelay").size());
        assertEquals(409, administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"vandelay\"}").statusCode());
        String erin = "{\"username\":\"erin\",\"tenant\":\"vandelay\",\"roles\":[\"tenant-admin\",\"auditor\"],\"password\":\"a first password\"}";
        HttpResponse<String> added = administer(root, "POST", "/admin/v1/members", erin);
        assertEquals(201, added.statusCode(), added.body());
        assertEquals("vandelay", json(added.body()).getString("tenant"));
        assertEquals(409, administer(root, "POST", "/admin/v1/members", erin).statusCode());

        // Somebody else knows her password, so Keycloak has her choose another one.
        RealmBrowser hers = new RealmBrowser();
        URI page = hers.atTheRealm(hers.begin("/"), "erin", "a first password");
        HttpResponse<String> chosen = hers.submit(hers.get(page), "password-new=a+second+password&password-confirm=a+second+password");
        assertEquals(Gateway.BASE.resolve("/"), RealmBrowser.target(hers.get(RealmBrowser.target(chosen))));
        JsonObject session = json(hers.get("/auth/session").body());
        assertEquals("vandelay", session.getString("tenant"));
        assertEquals("[\"auditor\",\"tenant-admin\"]", session.getJsonArray("roles").toString());

        JsonObject listed = json(hers.get("/admin/v1/members").body()).getJsonArray("data").getJsonObject(0);
        assertEquals("erin", listed.getString("username"));
        assertEquals(session.getString("owner"), listed.getString("owner"));
        assertEquals("[\"auditor\",\"tenant-admin\"]", listed.getJsonArray("roles").toString());

        // Within her tenant, and no further.
        String frank = "{\"username\":\"frank\",\"roles\":[\"developer\"],\"password\":\"another first one\"}";
        assertEquals(201, administer(hers, "POST", "/admin/v1/members", frank).statusCode());
        assertEquals(409, administer(hers, "POST", "/admin/v1/members", frank.replace("frank", "dave")).statusCode(), "dave is the realm's, not hers");
        assertEquals(404, administer(hers, "PATCH", "/admin/v1/members/alice", "{\"roles\":[\"developer\"]}").statusCode());
        assertEquals(404, administer(hers, "DELETE", "/admin/v1/members/bob", "").statusCode());
        assertEquals(403, administer(hers, "PATCH", "/admin/v1/members/frank", "{\"roles\":[\"platform-admin\"]}").statusCode());
        assertEquals(200, administer(hers, "PATCH", "/admin/v1/members/frank", "{\"roles\":[\"auditor\"]}").statusCode());

        // A change holds in her open session from the next request on.
        assertEquals(200, administer(root, "PATCH", "/admin/v1/members/erin", "{\"roles\":[\"developer\"]}").statusCode());
        assertEquals("[\"developer\"]", json(hers.get("/auth/session").body()).getJsonArray("roles").toString());
        assertEquals(403, hers.get("/admin/v1/members").statusCode());
        assertEquals("[\"auditor\"]", member(root, "vandelay", "frank").getJsonArray("roles").toString());
        assertEquals(200, administer(root, "PATCH", "/admin/v1/members/frank", "{\"roles\":[\"platform-admin\"]}").statusCode());
        assertEquals("[\"platform-admin\"]", json(administer(root, "PATCH", "/admin/v1/members/frank", "{}").body()).getJsonArray("roles").toString());
        assertEquals(200, administer(root, "PATCH", "/admin/v1/members/frank", "{\"roles\":[\"developer\"]}").statusCode());

        assertEquals(204, administer(root, "DELETE", "/admin/v1/members/erin", "").statusCode());
        assertEquals(401, hers.get("/auth/session").statusCode());
        assertEquals(404, administer(root, "DELETE", "/admin/v1/members/erin", "").statusCode());
    }

    @Test
    @Order(1)
    void whatAFailureLeftOfATenantAndAMemberIsGoneOnWithAndNobodysElseIsTaken() {
        RealmBrowser root = new RealmBrowser();
        root.signIn("root", "root's password", "/");
        Keycloak.create("organizations", "{\"name\":\"dunder\",\"alias\":\"dunder\",\"enabled\":true}");
        HttpResponse<String> foreign = administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"dunder\"}");
        assertEquals(409, foreign.statusCode());
        assertEquals("organization_exists", json(foreign.body()).getString("code"));
        Keycloak.create("organizations", "{\"name\":\"prestige\",\"alias\":\"prestige\",\"enabled\":true,\"attributes\":{\"altiplano-tenant\":[\"prestige\"]}}");
        assertEquals(201, administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"prestige\"}").statusCode());
        assertEquals(1, Keycloak.organizations("prestige").size());

        Keycloak.create("users", "{\"username\":\"gina\",\"enabled\":true,\"attributes\":{\"altiplano-tenant\":[\"unfinished:prestige\"]}}");
        String gina = "{\"username\":\"gina\",\"tenant\":\"%s\",\"roles\":[\"developer\"],\"password\":\"a first password\"}";
        assertEquals(409, administer(root, "POST", "/admin/v1/members", gina.formatted("default")).statusCode(), "she was begun for another tenant");
        assertEquals(201, administer(root, "POST", "/admin/v1/members", gina.formatted("prestige")).statusCode());
        assertEquals("[\"developer\"]", member(root, "prestige", "gina").getJsonArray("roles").toString());
    }

    @Test
    @Order(2)
    void allMembersOfThePlatformAreToldPageByPage() {
        RealmBrowser root = new RealmBrowser();
        root.signIn("root", "root's password", "/");
        for (String tenant : new String[] {"penske", "kruger"}) {
            assertEquals(201, administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"" + tenant + "\"}").statusCode());
            for (String name : new String[] {"one", "two"}) {
                assertEquals(201, administer(root, "POST", "/admin/v1/members", "{\"username\":\"" + name + "-of-" + tenant + "\",\"tenant\":\"" + tenant
                        + "\",\"roles\":[\"developer\"],\"password\":\"a first password\"}").statusCode());
            }
        }
        List<String> whole = usernames(json(root.get("/admin/v1/members?limit=500").body()));
        assertTrue(whole.containsAll(List.of("one-of-penske", "two-of-penske", "one-of-kruger", "two-of-kruger")), whole.toString());
        assertTrue(whole.indexOf("two-of-kruger") < whole.indexOf("one-of-penske"), "by tenant: " + whole);
        List<String> paged = new ArrayList<>();
        String cursor = "";
        do {
            JsonObject page = json(root.get("/admin/v1/members?limit=1" + cursor).body());
            assertTrue(page.getJsonArray("data").size() <= 1);
            paged.addAll(usernames(page));
            cursor = page.isNull("nextCursor") ? "" : "&cursor=" + page.getString("nextCursor");
        } while (!cursor.isEmpty());
        assertEquals(whole, paged);
    }

    private static List<String> usernames(JsonObject page) {
        return page.getJsonArray("data").getValuesAs(JsonObject.class).stream().map(member -> member.getString("username")).toList();
    }

    @Test
    @Order(2)
    void aNewKeyOfTheRealmWorksAtOnceAndTheOldOneGoesOnWorking() throws InterruptedException {
        String old = access("alice");
        Keycloak.rotateKeys();
        // A realm under load signs with the old one for some moments more.
        Eventually.holds("the realm signs with its new key", () -> !header(access("alice")).equals(header(old)));
        String renewed = access("alice");
        // The keys may have been fetched for another test within this second.
        Thread.sleep(1_000);
        assertEquals(200, status("/v1/models", renewed));
        assertEquals(200, status("/v1/models", old));
    }

    @Test
    @Order(3)
    void whoeverHasSignedInGoesOnWorkingWithoutKeycloak() throws InterruptedException {
        String alice = access("alice");
        assertEquals(200, status("/v1/models", alice));
        RealmBrowser browser = new RealmBrowser();
        browser.signIn("alice", "alice's password", "/");
        RealmBrowser root = new RealmBrowser();
        root.signIn("root", "root's password", "/");
        keycloak.close();
        assertEquals(200, status("/v1/models", alice));
        // Longer than an access token lives here: the realm is asked, and does not answer.
        Thread.sleep(3_000);
        assertEquals(200, browser.get("/v1/models").statusCode());
        assertEquals(told("unavailable"), RealmBrowser.target(new RealmBrowser().get("/auth/keycloak/start")));
        HttpResponse<String> unavailable = administer(root, "POST", "/admin/v1/tenants", "{\"id\":\"later\"}");
        assertEquals(503, unavailable.statusCode());
        assertEquals("identity_provider_unavailable", json(unavailable.body()).getString("code"));
        assertEquals(404, root.get("/admin/v1/tenants/later").statusCode());
        HttpResponse<String> left = browser.post("/auth/logout");
        assertEquals(200, left.statusCode(), "and says that the realm could not be told");
        assertEquals("keycloak", json(left.body()).getString("remaining"));
        assertEquals(401, browser.get("/auth/session").statusCode());
    }

    /** How often the audit log says that the realm has ended a session of a user. */
    private static long ended(String username) {
        RealmBrowser root = new RealmBrowser();
        root.signIn("root", "root's password", "/");
        return root.get("/admin/v1/audit/chains").body().lines().flatMap(line -> json(line).getJsonArray("data").getValuesAs(JsonObject.class).stream())
                .flatMap(chain -> root.get("/admin/v1/audit/export?tenant=" + chain.getString("tenant")).body().lines())
                .filter(event -> event.contains("POST /auth/keycloak/logout") && event.contains("\"" + username + "\"")).count();
    }

    private static URI told(String word) {
        return Gateway.BASE.resolve("/?sign-in=" + word);
    }

    private static HttpResponse<String> administer(RealmBrowser browser, String method, String path, String body) {
        return send(plain(path).header("Cookie", "altiplano_session=" + browser.cookie("altiplano_session").orElseThrow())
                .header("X-Requested-With", "altiplano").header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonObject member(RealmBrowser administrator, String tenant, String username) {
        return json(administer(administrator, "GET", "/admin/v1/members?tenant=" + tenant, "").body()).getJsonArray("data").getValuesAs(JsonObject.class)
                .stream().filter(member -> member.getString("username").equals(username)).findFirst().orElseThrow();
    }

    private static String header(String token) {
        return token.substring(0, token.indexOf('.'));
    }

    private static String access(String user) {
        return Keycloak.signIn(user).getString("access_token");
    }

    private static int status(String path, String token) {
        return send(bearer(path, token)).statusCode();
    }

    private static HttpRequest.Builder bearer(String path, String token) {
        return plain(path).header("Authorization", "Bearer " + token);
    }
}
