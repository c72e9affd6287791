package org.altiplano.platform;

import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.send;
import static org.altiplano.platform.TenantsOfARealm.bearer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.altiplano.contract.Eventually;
import org.altiplano.security.access.Role;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where prompts and answers get to at the real application, and where they do not. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class ContentLogIT {

    @RegisterExtension
    static final TenantsOfARealm realm = new TenantsOfARealm("worker-7");

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("content-log.war");
    }

    @Test
    void onlyATenantThatAsksForItHasItsPromptsWrittenDownAndOnlyItsReviewersReadThem() throws IOException {
        ask("wonka", "quiet-oompa");
        assertEquals(List.of(), read("wonka").stream().toList());
        String admin = realm.token("wonka", "willy", Role.TENANT_ADMIN);
        assertEquals(428, set(admin, "{\"enabled\":true,\"retentionDays\":7}").statusCode());
        assertEquals(400, set(admin, "{\"enabled\":true}", "If-Match", "\"0\"").statusCode());
        assertEquals(400, set(admin, "{\"enabled\":true,\"retentionDays\":0}", "If-Match", "\"0\"").statusCode());
        assertEquals(200, set(admin, "{\"enabled\":true,\"retentionDays\":7}", "If-Match", "\"0\"").statusCode());
        assertEquals(412, set(admin, "{\"enabled\":false,\"retentionDays\":7}", "If-Match", "\"0\"").statusCode());

        ask("wonka", "loud-oompa");
        ask("slugworth", "quiet-gum");
        Eventually.holds("both ways of asking are written down", () -> read("wonka").size() == 2);
        JsonObject entry = read("wonka").getJsonObject(1);
        assertEquals("loud-oompa", entry.getString("excerpt"));
        assertFalse(entry.containsKey("prompts") || entry.containsKey("answers"), "a list opens nothing");
        HttpResponse<String> opened = open("wonka", entry.getString("id"));
        assertEquals(200, opened.statusCode(), opened.body());
        JsonObject whole = json(opened.body());
        assertEquals("loud-oompa", whole.getJsonArray("prompts").getJsonArray(0).getJsonObject(0).getString("content"));
        assertFalse(whole.getJsonArray("answers").getString(0).isEmpty());
        assertEquals("ada", whole.getString("owner"));
        assertEquals(404, open("slugworth", entry.getString("id")).statusCode(), "another tenant's reviewer");
        assertEquals(1, page("wonka", "?limit=1").getJsonArray("data").size());
        String next = page("wonka", "?limit=1").getString("nextCursor");
        assertEquals(List.of(entry.getString("id")), ids("wonka", "?owner=AD&model=fast&limit=1&cursor=" + next));
        assertEquals(List.of(), ids("wonka", "?owner=nobody"));
        assertEquals(List.of(), ids("wonka", "?to=2020-01-01"));
        assertEquals(400, look("wonka", "?owner=%00").statusCode());
        assertEquals(400, look("wonka", "?from=yesterday").statusCode());
        assertEquals(400, look("wonka", "?from=2026-02-02&to=2026-02-01").statusCode());
        assertEquals(List.of(), read("slugworth").stream().toList(), "who has not asked for it");

        for (Role role : List.of(Role.PLATFORM_ADMIN, Role.TENANT_ADMIN, Role.DEVELOPER, Role.AUDITOR)) {
            for (String address : List.of("", "/" + entry.getString("id"))) {
                assertEquals(403, send(bearer("/admin/v1/content-log" + address, realm.token("wonka", "x", role))).statusCode(), role.word());
            }
        }
        assertEquals(403, set(realm.token("wonka", "root", Role.PLATFORM_ADMIN), "{\"enabled\":true,\"retentionDays\":7}", "If-Match", "\"1\"").statusCode());

        String chain = send(bearer("/admin/v1/audit/export", realm.token("wonka", "alf", Role.AUDITOR))).body();
        assertTrue(chain.contains("PUT /admin/v1/content-log/setting"), chain);
        assertTrue(chain.contains("\"actor\":\"rita\"") && chain.contains("GET /admin/v1/content-log\""), "each look at it is written down: " + chain);
        assertTrue(chain.contains("GET /admin/v1/content-log/" + entry.getString("id") + "\",\"subject\":\"" + entry.getString("id")), "and whose words: " + chain);
        assertNowhereElse(chain);

        HttpResponse<String> erased = send(bearer("/admin/v1/content-log", admin).DELETE());
        assertEquals(2, json(erased.body()).getInt("erased"));
        assertEquals(List.of(), read("wonka").stream().toList());
    }

    /** Neither with the content log nor without it does a prompt get into the audit log or a log file. */
    private static void assertNowhereElse(String chain) throws IOException {
        String chains = chain + send(bearer("/admin/v1/audit/export", realm.token("wonka", "root", Role.PLATFORM_ADMIN))).body();
        assertFalse(chains.contains("oompa") || chains.contains("quiet-gum"));
        Path server = Path.of(System.getProperty("wlp.home"), "usr", "servers", "arq");
        int read = 0;
        try (Stream<Path> files = Files.walk(server.resolve("logs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertFalse(text.contains("oompa") || text.contains("quiet-gum"), file.toString());
                read += text.contains("usage id=") ? 1 : 0;
            }
        }
        assertTrue(read > 0, "the log with a line for each request was among them");
    }

    private static void ask(String tenant, String text) {
        String token = realm.token(tenant, "ada", Role.DEVELOPER);
        for (String stream : List.of("false", "true")) {
            HttpResponse<String> answer = send(bearer("/v1/chat/completions", token).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers
                    .ofString("{\"model\":\"fast\",\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}")));
            assertEquals(200, answer.statusCode(), answer.body());
        }
    }

    private static JsonArray read(String tenant) {
        return page(tenant, "").getJsonArray("data");
    }

    private static List<String> ids(String tenant, String query) {
        return page(tenant, query).getJsonArray("data").getValuesAs(JsonObject.class).stream().map(one -> one.getString("id")).toList();
    }

    private static JsonObject page(String tenant, String query) {
        HttpResponse<String> page = look(tenant, query);
        assertEquals(200, page.statusCode(), page.body());
        return json(page.body());
    }

    private static HttpResponse<String> open(String tenant, String id) {
        return look(tenant, "/" + id);
    }

    private static HttpResponse<String> look(String tenant, String rest) {
        return send(bearer("/admin/v1/content-log" + rest, realm.token(tenant, "rita", Role.SAFETY_REVIEWER)));
    }

    private static HttpResponse<String> set(String token, String body, String... headers) {
        HttpRequest.Builder request = bearer("/admin/v1/content-log/setting", token).header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }
}
