package org.altiplano.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.util.List;
import org.altiplano.console.ConsoleBrowser;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The launcher's own Keycloak keeps the users: people sign in there in a real Chromium, and it may be killed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakIT {

    private static Platform platform;
    private static ConsoleBrowser browser;
    /** Signed in before Keycloak is killed, and used afterwards. */
    private static ConsoleBrowser.Visit administrator;

    @BeforeAll
    static void startsWithAKeycloak() {
        platform = Platform.named("keycloak");
        platform.must("models", "import", SmolLm2.gguf().toString(), "--name", Platform.CHAT_MODEL);
        platform.must("up", "--http-port", "0", "--identity", "keycloak");
        browser = new ConsoleBrowser();
        administrator = visit();
    }

    @AfterAll
    static void endsEverything() {
        if (browser != null) {
            administrator.close();
            browser.close();
        }
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    @Order(1)
    void anAdministratorSignsInAtKeycloakAndSeesTheAdministratorsFloors() {
        administrator.open("/models");
        administrator.signIn().throughKeycloak().click();
        password(administrator.page(), platform.credentials().path("adminUser").asText(), platform.credentials().path("adminPassword").asText());
        assertThat(administrator.models().heading()).isVisible();
        assertThat(administrator.page()).hasURL(platform.baseUrl() + "/models");
        assertThat(administrator.frame().link("Overview")).isVisible();
        List<Cookie> kept = administrator.page().context().cookies(platform.baseUrl());
        assertEquals(List.of("altiplano_session"), kept.stream().map(cookie -> cookie.name).filter(name -> name.startsWith("altiplano")).toList());
        assertTrue(kept.stream().filter(cookie -> cookie.name.equals("altiplano_session")).allMatch(cookie -> cookie.httpOnly), "no script reads it");
        String stored = (String) administrator.page().evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])");
        assertFalse(stored.contains("eyJ"), "no token is kept in the browser: " + stored);
    }

    @Test
    @Order(2)
    void aNewTenantsAdministratorChoosesAPasswordAndSeesHersOnly() {
        assertEquals(201, send("/admin/v1/tenants", "{\"id\": \"acme\"}").status());
        assertEquals(201, send("/admin/v1/members", "{\"username\": \"alice\", \"tenant\": \"acme\", \"roles\": [\"tenant-admin\", \"developer\"],"
                + " \"password\": \"a first password\"}").status());
        try (ConsoleBrowser.Visit visit = visit().open("/")) {
            visit.signIn().throughKeycloak().click();
            password(visit.page(), "alice", "a first password");
            // Somebody else knows it.
            visit.page().locator("#password-new").fill("a second password");
            visit.page().locator("#password-confirm").fill("a second password");
            visit.page().locator("[type=submit]").first().click();
            assertThat(visit.frame().link("Playground")).isVisible();
            assertThat(visit.frame().link("Models")).hasCount(0);
            assertThat(visit.frame().link("Overview")).hasCount(0);
            visit.assertAccessible();
            APIResponse session = visit.page().request().get(platform.baseUrl() + "/auth/session");
            assertEquals("acme", Platform.tree(session.text()).path("tenant").asText());
            assertEquals(404, visit.page().request().get(platform.baseUrl() + "/admin/v1/members?tenant=default").status());

            visit.frame().signOut();
            assertThat(visit.signIn().throughKeycloak()).isVisible();
            visit.signIn().throughKeycloak().click();
            assertThat(visit.page().locator("#username")).isVisible();
        }
    }

    @Test
    @Order(3)
    void whoeverIsSignedInGoesOnWhileKeycloakIsGoneAndWhoeverIsNotIsToldWhy() {
        ProcessHandle keycloak = platform.process("keycloak");
        keycloak.destroyForcibly();
        Eventually.holds("Keycloak's end", () -> !Platform.runs(keycloak));
        administrator.open("/models");
        assertThat(administrator.models().heading()).isVisible();
        assertEquals(200, platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).status());
        assertEquals(503, send("/admin/v1/tenants", "{\"id\": \"later\"}").status());
        try (ConsoleBrowser.Visit visit = visit().open("/")) {
            visit.signIn().throughKeycloak().click();
            assertThat(visit.signIn().message("Keycloak does not answer")).isVisible();
            assertThat(visit.page()).hasURL(platform.baseUrl() + "/");
            visit.assertAccessible();
            // Somebody must be able to look after the platform.
            visit.signIn().asPlatformAdministrator();
            visit.signIn().signInAs(platform.credentials().path("adminUser").asText(), platform.credentials().path("adminPassword").asText());
            assertThat(visit.frame().link("Models")).isVisible();
        }
    }

    @Test
    @Order(4)
    void theNextUpBringsKeycloakBackAndDownEndsIt() {
        platform.must("up");
        ProcessHandle keycloak = platform.process("keycloak");
        assertEquals(201, send("/admin/v1/tenants", "{\"id\": \"later\"}").status());
        try (ConsoleBrowser.Visit visit = visit().open("/playground")) {
            visit.signIn().throughKeycloak().click();
            password(visit.page(), "alice", "a second password");
            assertThat(visit.playground().heading()).isVisible();
        }
        platform.must("down");
        assertFalse(Platform.runs(keycloak));
    }

    private static ConsoleBrowser.Visit visit() {
        return browser.visit(URI.create(platform.baseUrl()));
    }

    /** Signs in on Keycloak's own pages: it asks for the name first, since an organization may have other ways to sign in. */
    private static void password(Page page, String username, String password) {
        page.locator("#username").fill(username);
        page.locator("#kc-login").click();
        page.locator("#password").fill(password);
        page.locator("#kc-login").click();
    }

    /** In the session of the administrator's browser. */
    private static APIResponse send(String path, String json) {
        return administrator.page().request().post(platform.baseUrl() + path,
                RequestOptions.create().setHeader("X-Requested-With", "altiplano").setHeader("Content-Type", "application/json").setData(json));
    }
}
