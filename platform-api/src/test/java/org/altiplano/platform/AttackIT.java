package org.altiplano.platform;

import static org.altiplano.platform.Gateway.get;
import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.post;
import static org.altiplano.platform.Gateway.raw;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.security.apikey.ApiKey;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an attacker sends: injections, floods, requests without end, forged and fixed sessions. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class AttackIT {

    private static final List<String> INJECTIONS = List.of("' or '1'='1", "x'; drop table tenant; --", "\" or \"\"=\"", "%' union select key_hash from api_key --",
            "$(id)", "../../../etc/passwd", "x\u0000y", "x\r\nSet-Cookie: altiplano_session=forged\r\n\r\n", "\u202egnp.exe", "${jndi:ldap://127.0.0.1/x}");
    private static final String CHAT = "/v1/chat/completions";

    private static Gateway gateway;
    private static String cookie;

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("attack.war");
    }

    @BeforeEach
    void signIn() {
        if (gateway == null) {
            gateway = new Gateway("worker-5");
            cookie = cookie(login("altiplano_session=none", Gateway.PASSWORD));
        }
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    @Test
    void whatLooksLikeSqlIsAValueLikeAnyOther() {
        String tenants = admin("GET", "/admin/v1/tenants", "").body();
        for (String injection : INJECTIONS) {
            String quoted = Json.createValue(injection).toString();
            String encoded = URLEncoder.encode(injection, StandardCharsets.UTF_8).replace("+", "%20");
            List<HttpResponse<String>> answers = new ArrayList<>(List.of(
                    send(post(CHAT, "{\"model\":" + quoted + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")),
                    send(post("/v1/tokenize", "{\"model\":" + quoted + ",\"prompt\":\"x\"}")),
                    send(get("/v1/models/" + encoded)),
                    login("altiplano_session=none", injection),
                    send(plain("/auth/session").header("Cookie", "altiplano_session=" + encoded)),
                    admin("POST", "/admin/v1/tenants", "{\"id\":" + quoted + "}"),
                    admin("POST", "/admin/v1/members", "{\"username\":" + quoted + ",\"roles\":[\"developer\"],\"password\":\"a password of theirs\"}"),
                    admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"default\",\"scope\":" + quoted + "}"),
                    admin("PUT", "/admin/v1/tenants/" + encoded, "{\"name\":\"x\",\"status\":\"active\"}", "If-Match", "\"1\"")));
            for (String path : List.of("api-keys/", "members/", "tenants/", "usage-policies/")) {
                answers.add(admin(path.startsWith("tenants") || path.startsWith("usage") ? "GET" : "DELETE", "/admin/v1/" + path + encoded, ""));
            }
            for (String query : List.of("tenants?cursor=", "usage-policies?tenant=", "usage?group=", "usage?tenant=", "usage?from=", "audit?tenant=",
                    "audit?cursor=", "audit/export?tenant=")) {
                HttpResponse<String> answer = admin("GET", "/admin/v1/" + query + encoded, "");
                assertTrue(answer.statusCode() < 500, query + injection + ": " + answer.statusCode() + answer.body());
                assertFalse(answer.body().contains("$2") || answer.body().contains("SQL") || answer.body().contains("key_hash\""), answer.body());
            }
            for (HttpResponse<String> answer : answers) {
                assertTrue(answer.statusCode() >= 400 && answer.statusCode() < 500, injection + ": " + answer.request().uri() + " " + answer.statusCode());
                assertFalse(answer.body().contains("Exception") || answer.body().contains("SELECT"), answer.body());
                assertTrue(answer.headers().allValues("Set-Cookie").stream().noneMatch(set -> set.contains("forged")), injection);
            }
        }
        assertEquals(tenants, admin("GET", "/admin/v1/tenants", "").body());
    }

    @Test
    void aNameWithALineBreakMakesNoLineInTheLog() throws IOException {
        String forged = "forged-" + System.nanoTime();
        String name = Json.createValue("x\r\n[AUDIT   ] " + forged + "\u2028" + forged).toString();
        send(post(CHAT, "{\"model\":" + name + ",\"messages\":[{\"role\":\"user\",\"content\":" + name + "}],\"user\":" + name + "}"));
        send(post(CHAT, "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":" + name + "}],\"user\":" + name + "}"));
        login("altiplano_session=none", "x\r\n" + forged);
        admin("POST", "/admin/v1/models/" + URLEncoder.encode("x\r\n" + forged, StandardCharsets.UTF_8) + "/serve", "");
        admin("POST", "/admin/v1/api-keys", "{\"name\":" + name + "}");
        send(plain("/v1/models").header("Authorization", "Bearer llmk_\t" + forged));
        try (Stream<Path> logs = Files.walk(Path.of(System.getProperty("wlp.home"), "usr", "servers", "arq", "logs"))) {
            for (Path log : logs.filter(Files::isRegularFile).toList()) {
                assertTrue(Files.readString(log, StandardCharsets.ISO_8859_1).lines().noneMatch(line -> line.startsWith("[AUDIT   ] " + forged)
                        || line.startsWith(forged)), log.toString());
            }
        }
    }

    @Test
    void headersWithoutEndAreRefusedAndTheNextRequestIsAnswered() throws IOException {
        String request = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + Gateway.KEY + "\r\n";
        List<String> endless = List.of("X-Large: " + "x".repeat(100_000) + "\r\n", IntStream.range(0, 2_000).mapToObj(i -> "X-" + i + ": y\r\n")
                .reduce("", String::concat), "Cookie: " + "a=b; ".repeat(20_000) + "\r\n", "Authorization: Bearer " + "x".repeat(100_000) + "\r\n");
        for (String headers : endless) {
            String answer;
            try {
                answer = raw(request + headers + "\r\n");
            } catch (IOException closed) {
                answer = "";
            }
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
        }
        assertTrue(raw(request + "\r\n").startsWith("HTTP/1.1 200 "));
        String token = send(plain("/v1/models").header("Authorization", "Bearer " + "eyJ".repeat(5_000))).body();
        assertTrue(token.contains("invalid_api_key"), token);
    }

    @Test
    void aRequestThatSaysTwoLengthsOrAWrongOneSmugglesNothing() throws IOException {
        String smuggled = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Gateway.KEY + "\r\n\r\n";
        for (String framing : List.of("Content-Length: 0\r\nContent-Length: " + smuggled.length() + "\r\n",
                "Content-Length: " + smuggled.length() + "\r\nTransfer-Encoding: chunked\r\n", "Content-Length: -1\r\n", "Content-Length: 0x10\r\n")) {
            String answer = raw("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + Gateway.KEY
                    + "\r\nContent-Type: application/json\r\n" + framing + "\r\n"
                    + (framing.contains("chunked") ? "0\r\n\r\n" : "") + smuggled);
            assertFalse(answer.contains("\"object\":\"list\""), framing + answer);
            assertFalse(answer.startsWith("HTTP/1.1 5"), framing + answer);
        }
    }

    @Test
    void noPageOfAnotherSiteCanChangeAnythingWithTheCookie() {
        int tried = 0;
        JsonObject paths = json(send(plain("/openapi").header("Accept", "application/json")).body()).getJsonObject("paths");
        for (Map.Entry<String, JsonValue> path : paths.entrySet()) {
            for (String method : path.getValue().asJsonObject().keySet()) {
                if (List.of("post", "put", "patch", "delete").contains(method) && !List.of("/auth/login", "/auth/keycloak/logout").contains(path.getKey())) {
                    for (String type : List.of("application/json", "text/plain", "application/x-www-form-urlencoded")) {
                        HttpResponse<String> answer = send(plain(path.getKey().replaceAll("\\{[a-z]+}", "x")).header("Cookie", cookie)
                                .header("Origin", "https://evil.example").header("Content-Type", type)
                                .method(method.toUpperCase(java.util.Locale.ROOT), BodyPublishers.ofString("{}")));
                        // What is no JSON may be refused for that.
                        boolean json = type.equals("application/json");
                        assertTrue(answer.statusCode() == 403 || !json && answer.statusCode() == 415, method + path.getKey() + answer.statusCode());
                        assertTrue(!json || answer.body().contains("X-Requested-With: altiplano"), answer.body());
                        tried++;
                    }
                }
            }
        }
        assertTrue(tried > 60, tried + " tried");
        // A browser asks first whether a foreign page may send the header that proves it is no foreign page.
        HttpResponse<String> preflight = send(plain("/admin/v1/tenants").header("Origin", "https://evil.example").header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-requested-with").method("OPTIONS", BodyPublishers.noBody()));
        assertTrue(preflight.headers().map().keySet().stream().noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control-allow")));
    }

    @Test
    void aSessionThatSomebodyElseChoseIsNotTheOneThatASignInOpens() {
        String chosen = "altiplano_session=" + "A".repeat(43);
        String opened = cookie(login(chosen, Gateway.PASSWORD));
        assertNotEquals(chosen, opened);
        assertEquals(401, send(plain("/auth/session").header("Cookie", chosen)).statusCode());
        String again = cookie(login(opened, Gateway.PASSWORD));
        assertNotEquals(opened, again, "each sign-in opens one of its own");
        assertEquals(401, send(plain("/auth/session;altiplano_session=" + opened.substring(opened.indexOf('=') + 1))).statusCode(), "not from an address");
    }

    @Test
    void noAddressLeadsToAnotherSite() throws IOException {
        for (String address : List.of("//evil.example/", "/%2f%2fevil.example", "/\\evil.example", "/auth/login?next=https://evil.example", "/?redirect=//evil.example",
                "/assets//evil.example/..", "/v1//evil.example", "/.//evil.example", "https://evil.example/")) {
            String answer = raw("GET " + address + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
            String head = answer.substring(0, Math.max(0, answer.indexOf("\r\n\r\n")));
            assertTrue(head.lines().filter(line -> line.startsWith("Location: ")).allMatch(line -> line.matches("Location: (http://localhost)?/[^/\\\\].*")),
                    address + "\n" + head);
            assertFalse(answer.startsWith("HTTP/1.1 5"), address + "\n" + answer);
        }
    }

    @Test
    void tenThousandMadeUpKeysTurnNobodyAwayWhoHasOne() {
        SecureRandom random = new SecureRandom();
        long begin = System.nanoTime();
        List<CompletableFuture<Integer>> flood = new ArrayList<>();
        int most = 10_000;
        for (int i = 0; i < most; i++) {
            String made = ApiKey.generate("local", random).text();
            flood.add(Gateway.sendLater(plain("/v1/models").header("Authorization", "Bearer " + made)).thenApply(HttpResponse::statusCode));
            if (i % 2_000 == 1_000) {
                String fresh = json(admin("POST", "/admin/v1/api-keys", "{\"name\":\"made meanwhile\",\"scopes\":[\"models\"]}").body()).getString("key");
                assertEquals(200, send(plain("/v1/models").header("Authorization", "Bearer " + fresh)).statusCode(), "a new key works at once");
                assertEquals(200, send(get("/v1/models")).statusCode());
            }
            if (i % 200 == 199) {
                flood.get(i - 199).join();
            }
        }
        assertTrue(flood.stream().allMatch(status -> status.join() == 401));
        System.out.println(most + " made-up keys were refused in " + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms.");
    }

    @Test
    void whatIsThereAlreadyIsNotMadeAgainAndWhatIsNotThereIsNotFound() {
        assertEquals(201, admin("POST", "/admin/v1/tenants", "{\"id\":\"twice\"}").statusCode());
        assertEquals("409 tenant_exists", told(admin("POST", "/admin/v1/tenants", "{\"id\":\"twice\"}")));
        String member = "{\"username\":\"twice\",\"roles\":[\"developer\"],\"password\":\"a password of theirs\"}";
        assertEquals(201, admin("POST", "/admin/v1/members", member).statusCode());
        assertEquals(409, admin("POST", "/admin/v1/members", member).statusCode());
        for (String path : List.of("tenants/", "usage-policies/")) {
            assertEquals(404, admin("GET", "/admin/v1/" + path + "nothing", "").statusCode(), path);
            assertEquals(404, admin("DELETE", "/admin/v1/" + path + "nothing", "", "If-Match", "\"1\"").statusCode(), path);
        }
        assertEquals(404, admin("DELETE", "/admin/v1/members/nothing", "").statusCode());
        assertEquals(404, admin("DELETE", "/admin/v1/api-keys/nothing", "").statusCode());
        assertEquals(404, admin("POST", "/admin/v1/api-keys/nothing/rotate", "{}").statusCode());
        assertEquals(400, admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"nothing\",\"scope\":\"tenant\"}").statusCode());
        assertEquals("428 if_match_required", told(admin("PUT", "/admin/v1/tenants/twice", "{\"name\":\"x\",\"status\":\"active\"}")));
        assertEquals("412 stale_etag", told(admin("PUT", "/admin/v1/tenants/twice", "{\"name\":\"x\",\"status\":\"active\"}", "If-Match", "\"7\"")));
    }

    @Test
    void theAdministrationTellsEveryBadCredentialTheSameProblem() {
        String made = ApiKey.generate("local", new SecureRandom()).text();
        List<HttpResponse<String>> answers = List.of(send(plain("/admin/v1/workers")), send(plain("/admin/v1/nothing")),
                send(plain("/admin/v1/workers").header("Authorization", "Bearer " + made)), send(plain("/admin/v1/tenants").header("Cookie", "altiplano_session=made-up")));
        for (HttpResponse<String> answer : answers) {
            assertEquals("401 invalid_api_key", told(answer));
            assertEquals("application/problem+json", answer.headers().firstValue("Content-Type").orElseThrow());
            assertEquals(answers.get(0).body(), answer.body());
        }
    }

    private static String told(HttpResponse<String> answer) {
        return answer.statusCode() + " " + json(answer.body()).getString("code");
    }

    private static HttpResponse<String> login(String before, String password) {
        return send(plain("/auth/login").header("Cookie", before).header("Content-Type", "application/json").POST(BodyPublishers.ofString(
                Json.createObjectBuilder().add("username", "admin").add("password", password).build().toString())));
    }

    private static String cookie(HttpResponse<String> login) {
        assertEquals(200, login.statusCode(), login.body());
        return login.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    private static HttpResponse<String> admin(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = plain(path).header("Cookie", cookie).header("X-Requested-With", "altiplano").header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }
}
