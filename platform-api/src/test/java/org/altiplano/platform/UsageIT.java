package org.altiplano.platform;

import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.altiplano.contract.Eventually;
import org.altiplano.security.access.Role;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.audit.SealedEvent;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tenants, limits, budgets, prices and the ledger of the real application. Every test has a tenant of its own. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class UsageIT {

    private static Gateway gateway;
    private static String cookie;
    private static int made;

    private String tenant;
    private String key;
    private String keyId;

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("usage.war");
    }

    @BeforeEach
    void tenant() {
        if (gateway == null) {
            gateway = new Gateway("worker-1");
            cookie = send(plain("/auth/login").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                    "{\"username\":\"admin\",\"password\":\"" + Gateway.PASSWORD + "\"}"))).headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
        }
        made++;
        tenant = "tenant-" + made;
        assertEquals(201, admin("POST", "/admin/v1/tenants", "{\"id\":\"" + tenant + "\"}").statusCode());
        JsonObject created = json(admin("POST", "/admin/v1/api-keys", "{\"tenant\":\"" + tenant + "\"}").body());
        key = created.getString("key");
        keyId = created.getString("id");
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    @Test
    void writesOneRowForEveryGenerationWhateverItsEnding() throws IOException {
        assertEquals(200, complete("fast", "ab", "").statusCode());
        assertEquals(200, complete("fast", "abc", ",\"max_tokens\":2,\"n\":3").statusCode());
        assertEquals(500, complete("broken", "ab", "").statusCode());
        assertEquals(429, complete("full", "ab", "").statusCode());
        Socket socket = stream("abcd");
        Eventually.holds("it runs", () -> gateway.models.running("slow") == 1);
        socket.close();
        Eventually.holds("the client that went has its row", () -> usage("model").size() == 3);
        JsonArray rows = usage("model");
        assertEquals("{\"model\":\"broken\",\"generations\":1,\"tokensIn\":1,\"tokensCached\":0,\"tokensOut\":0,\"money\":0}", rows.get(0).toString());
        assertEquals("{\"model\":\"fast\",\"generations\":4,\"tokensIn\":5,\"tokensCached\":0,\"tokensOut\":11,\"money\":0}", rows.get(1).toString());
        assertEquals("slow 1 4", rows.getJsonObject(2).getString("model") + " " + rows.getJsonObject(2).getInt("generations") + " "
                + rows.getJsonObject(2).getInt("tokensIn"));
    }

    @Test
    void neverOverspendsABudgetHoweverManyAskAtOnce() {
        // Of a month: one that ends in the middle of it is rarer than a day.
        policy("tenant", "", "\"tokensPerMonth\":150");
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(Gateway.sendLater(request("fast", "ab", ",\"max_tokens\":" + (1 + i % 5))));
        }
        long answered = 0;
        for (CompletableFuture<HttpResponse<String>> one : all) {
            HttpResponse<String> response = one.join();
            assertTrue(response.statusCode() == 200 || response.statusCode() == 429, response.body());
            if (response.statusCode() == 429) {
                assertEquals("insufficient_quota", json(response.body()).getJsonObject("error").getString("code"), response.body());
            }
            answered += response.statusCode() == 200 ? 1 : 0;
        }
        JsonObject sum = usage("").getJsonObject(0);
        int used = sum.getInt("tokensIn") + sum.getInt("tokensOut");
        assertTrue(used <= 150 && used > 143, "used " + used);
        assertEquals(answered, sum.getInt("generations"));
        JsonObject budget = json(admin("GET", "/admin/v1/quotas?tenant=" + tenant, "").body()).getJsonArray("data").getJsonObject(0)
                .getJsonArray("budgets").getJsonObject(0);
        assertEquals(used, budget.getInt("spent"));
        assertEquals(0, budget.getInt("reserved"));
    }

    @Test
    void pagesThroughHowThePoliciesStand() {
        for (int i = 0; i < 3; i++) {
            policy("owner", "owner-" + i, "\"tokensPerDay\":" + (i + 1));
        }
        JsonObject first = json(admin("GET", "/admin/v1/quotas?limit=2&tenant=" + tenant, "").body());
        assertEquals(2, first.getJsonArray("data").size());
        JsonObject second = json(admin("GET", "/admin/v1/quotas?limit=2&tenant=" + tenant + "&cursor=" + first.getString("nextCursor"), "").body());
        assertEquals(1, second.getJsonArray("data").size());
        assertEquals(JsonValue.NULL, second.get("nextCursor"));
    }

    @Test
    void answersWithOpenAisRateHeadersAndRefusesInItsShape() {
        policy("key", keyId, "\"requestsPerMinute\":2,\"tokensPerMinute\":1000");
        HttpResponse<String> first = complete("fast", "ab", ",\"max_tokens\":5");
        assertEquals(200, first.statusCode(), first.body());
        assertEquals("2", header(first, "x-ratelimit-limit-requests"));
        assertEquals("1", header(first, "x-ratelimit-remaining-requests"));
        assertEquals("1000", header(first, "x-ratelimit-limit-tokens"));
        assertEquals("993", header(first, "x-ratelimit-remaining-tokens"));
        assertTrue(header(first, "x-ratelimit-reset-requests").matches("30s|2[0-9]s"));
        assertEquals("0", header(complete("fast", "ab", ",\"stream\":true,\"max_tokens\":5"), "x-ratelimit-remaining-requests"));
        HttpResponse<String> refused = complete("fast", "ab", ",\"max_tokens\":5");
        assertEquals(429, refused.statusCode());
        assertEquals("rate_limit_exceeded", json(refused.body()).getJsonObject("error").getString("code"));
        assertEquals("requests", json(refused.body()).getJsonObject("error").getString("type"));
        assertTrue(Integer.parseInt(header(refused, "Retry-After")) <= 30);
        assertEquals("0", header(refused, "x-ratelimit-remaining-requests"));
    }

    @Test
    void limitsTokensOfPromptsAndOfAnswersApart() {
        policy("tenant", "", "\"tokensInPerMinute\":4,\"tokensOutPerMinute\":12");
        HttpResponse<String> first = complete("fast", "abc", ",\"max_tokens\":12");
        assertEquals(200, first.statusCode(), first.body());
        assertEquals("4 1 12 0", header(first, "x-ratelimit-limit-input-tokens") + " " + header(first, "x-ratelimit-remaining-input-tokens") + " "
                + header(first, "x-ratelimit-limit-output-tokens") + " " + header(first, "x-ratelimit-remaining-output-tokens"));
        HttpResponse<String> prompt = complete("fast", "abc", ",\"max_tokens\":1");
        assertEquals(429, prompt.statusCode());
        assertTrue(prompt.body().contains("input tokens per minute"), prompt.body());
        HttpResponse<String> answer = complete("fast", "a", ",\"max_tokens\":12");
        assertTrue(answer.body().contains("output tokens per minute"), "7 of the 12 were not used: " + answer.body());
        assertEquals(200, complete("fast", "a", ",\"max_tokens\":7").statusCode());
        HttpResponse<String> never = complete("fast", "a", ",\"max_tokens\":13");
        assertEquals("false", header(never, "x-should-retry"), never.body());
    }

    @Test
    void refusesPromptAndAnswerThatAreLongerThanThePolicysContext() {
        policy("owner", "admin", "\"maxContext\":18");
        assertEquals(200, complete("fast", "ab", "").statusCode(), "2 of the prompt and the 16 that this interface takes where nothing is said");
        HttpResponse<String> tooLong = complete("fast", "ab", ",\"max_tokens\":17");
        assertEquals(400, tooLong.statusCode());
        assertEquals("context_length_exceeded", refusal(tooLong));
        assertEquals("prompt", json(tooLong.body()).getJsonObject("error").getString("param"));
    }

    @Test
    void limitsGenerationsAtOnceAndFreesThePlaceOfWhoeverGoes() throws IOException {
        policy("key", keyId, "\"concurrentGenerations\":2");
        HttpResponse<String> never = complete("fast", "ab", ",\"n\":3");
        assertEquals("concurrency_limit_exceeded", refusal(never));
        assertEquals("", header(never, "Retry-After"), "it would never fit");
        Socket socket = stream("abcd");
        Eventually.holds("it runs", () -> gateway.models.running("slow") == 1);
        assertEquals("concurrency_limit_exceeded", refusal(complete("fast", "ab", ",\"n\":2")));
        assertEquals(200, complete("fast", "ab", ",\"n\":1").statusCode());
        socket.close();
        Eventually.holds("its place is free", () -> complete("fast", "ab", ",\"n\":2").statusCode() == 200);
    }

    @Test
    void refusesTheCallersOfASuspendedAndOfADeletedTenant() {
        change("{\"name\":\"x\",\"status\":\"suspended\"}");
        assertEquals("tenant_suspended", refusal(complete("fast", "ab", "")));
        assertEquals("tenant_suspended", refusal(send(as("/v1/models"))));
        HttpResponse<String> tenants = admin("DELETE", "/admin/v1/tenants/" + tenant, "", "If-Match", "\"2\"");
        assertEquals("deleted", json(tenants.body()).getString("status"), tenants.body());
        assertEquals("tenant_deleted", refusal(complete("fast", "ab", "")));
        assertEquals(200, admin("PUT", "/admin/v1/tenants/" + tenant, "{\"name\":\"x\",\"status\":\"active\"}", "If-Match", "\"3\"").statusCode());
        assertEquals(200, complete("fast", "ab", "").statusCode(), "within its grace a deletion can be taken back");
    }

    @Test
    void aTenantSeesAndUsesItsModelsOnly() {
        change("{\"name\":\"x\",\"status\":\"active\",\"models\":[\"fast\"]}");
        JsonArray models = json(send(as("/v1/models")).body()).getJsonArray("data");
        assertEquals(1, models.size());
        assertEquals("fast", models.getJsonObject(0).getString("id"));
        assertEquals(200, complete("fast", "ab", "").statusCode());
        assertEquals(404, complete("slow", "ab", "").statusCode());
        assertEquals(complete("slow", "ab", "").body().replace("slow", "none"), complete("none", "ab", "").body());
        assertEquals(404, send(as("/v1/models/slow")).statusCode());
        assertEquals(404, send(as("/v1/tokenize").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"slow\",\"prompt\":\"a\"}"))).statusCode());
    }

    @Test
    void aChangeNamesTheVersionThatItIsMadeFrom() {
        String path = "/admin/v1/tenants/" + tenant;
        assertEquals("\"1\"", header(admin("GET", path, ""), "ETag"));
        String body = "{\"name\":\"x\",\"status\":\"active\",\"weight\":2.5}";
        assertEquals(428, admin("PUT", path, body).statusCode());
        HttpResponse<String> changed = admin("PUT", path, body, "If-Match", "\"1\"");
        assertEquals(200, changed.statusCode(), changed.body());
        assertEquals("\"2\"", header(changed, "ETag"));
        HttpResponse<String> stale = admin("PUT", path, body, "If-Match", "\"1\"");
        assertEquals(412, stale.statusCode());
        assertEquals("application/problem+json", header(stale, "Content-Type").replaceAll(";.*", ""));
        JsonObject problem = json(stale.body());
        assertEquals("urn:altiplano:problem:stale_etag", problem.getString("type"));
        assertEquals(412, problem.getInt("status"));
        assertEquals("Precondition Failed", problem.getString("title"));
        assertEquals(409, admin("POST", "/admin/v1/tenants", "{\"id\":\"" + tenant + "\"}").statusCode());
        assertEquals(404, admin("GET", "/admin/v1/tenants/nobody", "").statusCode());
        assertEquals(409, admin("DELETE", "/admin/v1/tenants/default", "", "If-Match", "\"1\"").statusCode(), "one's own");
        assertEquals(400, admin("POST", "/admin/v1/tenants", "{\"id\":\"No Name\"}").statusCode());
        assertEquals(400, admin("PUT", path, "{\"name\":\"x\",\"status\":\"active\",\"weight\":0}", "If-Match", "\"2\"").statusCode());
    }

    @Test
    void pagesThroughTheTenants() {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonObject page = json(admin("GET", "/admin/v1/tenants?limit=2" + cursor, "").body());
            page.getJsonArray("data").getValuesAs(JsonObject.class).forEach(one -> ids.add(one.getString("id")));
            cursor = page.get("nextCursor") == JsonValue.NULL ? "" : "&cursor=" + page.getString("nextCursor");
        } while (!cursor.isEmpty());
        assertTrue(ids.contains(tenant) && ids.contains("default"));
        assertEquals(ids.stream().sorted().distinct().toList(), ids);
        assertEquals(400, admin("GET", "/admin/v1/tenants?limit=0", "").statusCode());
        assertEquals(400, admin("GET", "/admin/v1/tenants?cursor=!", "").statusCode());
    }

    @Test
    void pricesWhatIsUsedAndKeepsToABudgetOfMoney() {
        admin("PUT", "/admin/v1/prices/fast", "{\"inputPerMillion\":1000,\"outputPerMillion\":2000.5}");
        assertEquals(428, admin("PUT", "/admin/v1/prices/fast", "{\"inputPerMillion\":1,\"outputPerMillion\":2}").statusCode());
        assertEquals(400, admin("PUT", "/admin/v1/prices/slow", "{\"inputPerMillion\":0.0001,\"outputPerMillion\":2}").statusCode());
        policy("tenant", "", "\"moneyPerMonth\":0.02");
        assertEquals(200, complete("fast", "ab", ",\"max_tokens\":5").statusCode());
        assertEquals("0.0120025", usage("").getJsonObject(0).get("money").toString());
        HttpResponse<String> refused = complete("fast", "ab", ",\"max_tokens\":5");
        assertEquals("insufficient_quota", refusal(refused));
        assertEquals("false", header(refused, "x-should-retry"));
        JsonObject own = json(send(as("/v1/usage?group=model")).body());
        assertEquals("0.0120025", own.getJsonArray("data").getJsonObject(0).get("money").toString());
        JsonObject budget = own.getJsonArray("quotas").getJsonObject(0).getJsonArray("budgets").getJsonObject(0);
        assertEquals("0.0079975", budget.get("remaining").toString());
        assertTrue(budget.getString("resetsAt").endsWith("-01T00:00:00Z"));
        assertEquals(204, admin("DELETE", "/admin/v1/prices/fast", "", "If-Match", "\"1\"").statusCode());
    }

    @Test
    void showsACallerWhatAllItsKeysHaveUsedAndNothingOfOthers() {
        String another = json(admin("POST", "/admin/v1/api-keys", "{\"tenant\":\"" + tenant + "\"}").body()).getString("key");
        complete("fast", "ab", "");
        assertEquals(1, generations(key));
        assertEquals(1, generations(another));
        try (TestRealm realm = new TestRealm()) {
            assertEquals(0, generations(realm.token(tenant, "ada", Role.DEVELOPER)));
        }
    }

    private static int generations(String credentials) {
        return json(send(plain("/v1/usage").header("Authorization", "Bearer " + credentials)).body()).getJsonArray("data").getJsonObject(0)
                .getInt("generations");
    }

    @Test
    void tellsUsageAsATable() {
        complete("fast", "ab", "");
        HttpResponse<String> table = admin("GET", "/admin/v1/usage.csv?group=model,owner,key&tenant=" + tenant, "");
        assertEquals("model,owner,key,generations,tokensIn,tokensCached,tokensOut,money\r\nfast,admin," + keyId + ",1,2,0,5,0\r\n", table.body());
        assertTrue(header(table, "Content-Type").startsWith("text/csv"));
        for (String wrong : List.of("group=colour", "group=day,day", "from=yesterday", "from=2026-02-01&to=2026-01-01", "from=2026-02-31")) {
            assertEquals(400, admin("GET", "/admin/v1/usage?" + wrong, "").statusCode(), wrong);
        }
    }

    @Test
    void refusesPoliciesThatMakeNoSense() {
        for (String wrong : List.of("\"scope\":\"world\"", "\"scope\":\"tenant\",\"subject\":\"x\"", "\"scope\":\"key\"",
                "\"scope\":\"tenant\",\"requestsPerMinute\":0", "\"scope\":\"tenant\",\"tokensPerDay\":-1", "\"scope\":\"tenant\",\"moneyPerDay\":-0.5",
                "\"scope\":\"tenant\",\"maxContext\":1.5", "\"scope\":\"tenant\",\"tokensPerDay\":1e30", "\"scope\":\"tenant\",\"tokenPerDay\":5",
                "\"scope\":\"tenant\",\"tokensInPerMinute\":0", "\"scope\":\"tenant\",\"tokensOutPerMinute\":1000000000001",
                "\"scope\":\"key\",\"subject\":\"nobodys\"")) {
            assertEquals(400, admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"" + tenant + "\"," + wrong + "}").statusCode(), wrong);
        }
        assertEquals(400, admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"nobody\",\"scope\":\"tenant\"}").statusCode());
        JsonObject policy = policy("tenant", "", "\"tokensPerDay\":1");
        assertEquals(409, admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"" + tenant + "\",\"scope\":\"tenant\"}").statusCode());
        String path = "/admin/v1/usage-policies/" + policy.getString("id");
        assertEquals("insufficient_quota", refusal(complete("fast", "ab", ",\"max_tokens\":5")));
        assertEquals(200, admin("PUT", path, "{}", "If-Match", "\"1\"").statusCode());
        assertEquals(200, complete("fast", "ab", ",\"max_tokens\":5").statusCode(), "the change holds at once");
        assertEquals(412, admin("DELETE", path, "", "If-Match", "\"1\"").statusCode());
        assertEquals(204, admin("DELETE", path, "", "If-Match", "\"2\"").statusCode());
        assertEquals(404, admin("GET", path, "").statusCode());
    }

    @Test
    void writesDownEveryChangeAndEverySignIn() throws IOException {
        policy("tenant", "", "\"tokensPerDay\":1");
        assertEquals(412, admin("PUT", "/admin/v1/tenants/" + tenant, "{\"name\":\"x\",\"status\":\"active\"}", "If-Match", "\"9\"").statusCode());
        send(plain("/auth/login").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                "{\"username\":\"nobody\",\"password\":\"a secret\"}")));
        String own = admin("GET", "/admin/v1/audit/export?tenant=" + tenant, "").body();
        assertEquals(List.of("POST /admin/v1/tenants " + tenant + " 201", "POST /admin/v1/api-keys " + keyId + " 201"), own.lines().limit(2)
                .map(line -> json(line)).map(event -> event.getString("action") + " " + event.getString("subject") + " " + event.getInt("status")).toList());
        assertEquals(3, own.lines().count());
        assertTrue(own.lines().allMatch(line -> json(line).getString("actor").equals("admin") && json(line).getString("address").equals("127.0.0.1")));
        String platform = admin("GET", "/admin/v1/audit/export", "").body();
        assertTrue(platform.contains("\"action\":\"POST /auth/login\",\"subject\":\"\",\"status\":401") && platform.contains("\"status\":412"), platform);
        send(plain("/auth/logout").header("X-Requested-With", "altiplano").POST(HttpRequest.BodyPublishers.noBody()));
        send(plain("/auth/password").header("X-Requested-With", "altiplano").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        send(plain("/auth/nothing").POST(HttpRequest.BodyPublishers.noBody()));
        assertEquals(platform, admin("GET", "/admin/v1/audit/export", "").body(), "nobody cannot fill it");
        assertFalse(platform.contains("a secret") || platform.contains(Gateway.PASSWORD));

        AuditKey key = new SecretStore(Path.of(System.getProperty("altiplano.home"), "secrets"), Map.of()).read(Secret.AUDIT_KEY, AuditKey::parse);
        for (String chain : List.of(tenant, AuditEvent.PLATFORM)) {
            ChainCheck check = new ChainCheck(chain, key, Optional.empty());
            admin("GET", "/admin/v1/audit/export?tenant=" + chain, "").body().lines()
                    .forEach(line -> assertEquals(Optional.empty(), check.next(sealed(json(line)))));
        }
        JsonObject whole = json(admin("GET", "/admin/v1/audit/verify?tenant=" + tenant, "").body());
        assertEquals(3, whole.getInt("events"));
        assertTrue(whole.isNull("fault"), whole.toString());
        assertEquals(3, json(admin("GET", "/admin/v1/audit?order=newest&actor=ADM&limit=1&tenant=" + tenant, "").body())
                .getJsonArray("data").getJsonObject(0).getInt("sequence"));
        for (String wrong : List.of("order=last", "from=yesterday", "from=2026-02-01&to=2026-01-01", "cursor=eHl6")) {
            assertEquals(400, admin("GET", "/admin/v1/audit?" + wrong, "").statusCode(), wrong);
        }
        assertEquals("insufficient_quota", refusal(complete("fast", "ab", "")));
        assertEquals("insufficient_quota", refusal(complete("fast", "ab", "")));
        List<String> used = admin("GET", "/admin/v1/audit/export?tenant=" + tenant, "").body().lines().skip(3).toList();
        assertEquals(2, used.size(), "the first use of a key from an address, the first refusal, and no other");
        assertEquals("refused: insufficient_quota", json(used.get(1)).getString("action"));
        assertEquals("key:" + keyId + " first use from this address 127.0.0.1", json(used.get(0)).getString("actor") + " "
                + json(used.get(0)).getString("action") + " " + json(used.get(0)).getString("address"));
        assertEquals(1, json(admin("GET", "/admin/v1/audit?limit=1&tenant=" + tenant, "").body()).getJsonArray("data").size());
        assertTrue(admin("GET", "/admin/v1/audit/chains", "").body().contains("{\"tenant\":\"" + tenant + "\",\"events\":5}"));
        assertEquals(204, admin("DELETE", "/admin/v1/api-keys/" + keyId, "").statusCode());
        List<String> after = admin("GET", "/admin/v1/audit/export?tenant=" + tenant, "").body().lines().toList();
        assertEquals("DELETE /admin/v1/api-keys/" + keyId, json(after.get(5)).getString("action"), "its tenant is told, though the answer has no body");
    }

    private static SealedEvent sealed(JsonObject line) {
        return new SealedEvent(new AuditEvent(line.getString("tenant"), line.getInt("sequence"), Instant.parse(line.getString("at")), line.getString("actor"),
                line.getString("origin"), line.getString("address"), line.getString("action"), line.getString("subject"), line.getInt("status"),
                line.getString("previous")), line.getString("hash"), line.getString("key"), line.getString("signature"));
    }

    @Test
    void keepsApiKeysOutOfTheAdministration() {
        for (String path : List.of("tenants", "usage-policies", "prices", "usage", "usage.csv", "quotas", "audit", "audit/verify", "audit/export")) {
            HttpResponse<String> response = send(as("/admin/v1/" + path));
            assertEquals(403, response.statusCode(), path);
            assertTrue(header(response, "Content-Type").startsWith("application/problem+json"), path);
        }
        assertFalse(send(plain("/admin/v1/usage")).body().contains("tokens"));
    }

    private JsonObject policy(String scope, String subject, String limits) {
        HttpResponse<String> response = admin("POST", "/admin/v1/usage-policies", "{\"tenant\":\"" + tenant + "\",\"scope\":\"" + scope + "\""
                + (subject.isEmpty() ? "" : ",\"subject\":\"" + subject + "\"") + "," + limits + "}");
        assertEquals(201, response.statusCode(), response.body());
        return json(response.body());
    }

    private void change(String body) {
        HttpResponse<String> response = admin("PUT", "/admin/v1/tenants/" + tenant, body, "If-Match", "\"1\"");
        assertEquals(200, response.statusCode(), response.body());
    }

    private JsonArray usage(String group) {
        return json(admin("GET", "/admin/v1/usage?tenant=" + tenant + "&group=" + group, "").body()).getJsonArray("data");
    }

    private static String refusal(HttpResponse<String> response) {
        return json(response.body()).getJsonObject("error").getString("code");
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private HttpRequest.Builder as(String path) {
        return plain(path).header("Authorization", "Bearer " + key);
    }

    private HttpRequest.Builder request(String model, String prompt, String more) {
        return as("/v1/completions").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                "{\"model\":\"" + model + "\",\"prompt\":\"" + prompt + "\"" + more + "}"));
    }

    /** Begins a stream that goes on until the connection is closed. */
    private Socket stream(String prompt) throws IOException {
        Socket socket = new Socket("127.0.0.1", Gateway.PORT);
        String body = "{\"model\":\"slow\",\"prompt\":\"" + prompt + "\",\"stream\":true,\"max_tokens\":9000}";
        socket.getOutputStream().write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private HttpResponse<String> complete(String model, String prompt, String more) {
        return send(request(model, prompt, more));
    }

    private static HttpResponse<String> admin(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = plain(path).header("Cookie", cookie).header("X-Requested-With", "altiplano").header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }
}
