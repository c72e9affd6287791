package org.altiplano.platform;

import static org.altiplano.platform.Gateway.get;
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
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.ModelSource;
import org.altiplano.security.apikey.Pepper;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sign-in, keys, models, workers, health, metrics and the console's pages of the real application. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class AdministrationIT {

    private static Gateway gateway;
    private static String cookie;

    /** With a page that stands for the console. */
    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("administration.war").addAsWebResource(new StringAsset("<html>the console</html>"), "index.html")
                .addAsWebResource(new StringAsset("1"), "assets/app-12345678.js");
    }

    @BeforeEach
    void signIn() {
        if (gateway == null) {
            gateway = new Gateway("worker-1");
            cookie = cookie(login(Gateway.PASSWORD));
        }
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    @Test
    void signsInWithACookieThatNoScriptCanRead() {
        HttpResponse<String> response = login(Gateway.PASSWORD);
        assertEquals(200, response.statusCode(), response.body());
        JsonObject told = json(response.body());
        assertEquals("admin of default: [\"developer\",\"platform-admin\"]",
                told.getString("username") + " of " + told.getString("tenant") + ": " + told.get("roles"));
        assertTrue(told.getJsonArray("operations").toString().contains("\"serve-model\""), told.toString());
        String set = response.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(set.startsWith("altiplano_session=") && set.contains("HttpOnly") && set.contains("SameSite=Strict")
                && set.contains("Path=/"), set);
    }

    @Test
    void tellsWhoseSessionItIsUntilTheSignOut() {
        String own = cookie(login(Gateway.PASSWORD));
        assertEquals("admin", json(send(plain("/auth/session").header("Cookie", own)).body()).getString("username"));
        assertEquals(403, send(plain("/auth/logout").header("Cookie", own).POST(nothing())).statusCode());
        assertEquals(204, send(plain("/auth/logout").header("Cookie", own).header("X-Requested-With", "altiplano").POST(nothing())).statusCode());
        assertEquals(401, send(plain("/auth/session").header("Cookie", own)).statusCode());
        assertEquals(401, send(plain("/v1/models").header("Cookie", own)).statusCode());
        assertEquals(401, send(plain("/auth/session")).statusCode());
    }

    @Test
    void refusesAWrongPasswordAndAnUnknownUserAlike() {
        HttpResponse<String> wrong = login("a wrong password");
        HttpResponse<String> unknown = send(plain("/auth/login").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"nobody\",\"password\":\"x\"}")));
        assertEquals(401, wrong.statusCode());
        assertEquals(401, unknown.statusCode());
        assertEquals(wrong.body(), unknown.body());
        assertEquals(200, login(Gateway.PASSWORD).statusCode(), "a success forgets the failures");
    }

    @Test
    void changesAPasswordAndEndsTheOtherSessions() {
        String own = cookie(login(Gateway.PASSWORD));
        String other = cookie(login(Gateway.PASSWORD));
        assertEquals(401, password("altiplano_session=none", Gateway.PASSWORD, "another password").statusCode());
        assertEquals(403, send(plain("/auth/password").header("Cookie", own).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))).statusCode());
        assertEquals("currentPassword", refused(password(own, "a wrong password", "another password")));
        assertEquals("newPassword", refused(password(own, Gateway.PASSWORD, "too short")));
        assertEquals(204, password(own, Gateway.PASSWORD, "another password").statusCode());
        try {
            assertEquals(401, login(Gateway.PASSWORD).statusCode());
            assertEquals(200, login("another password").statusCode());
            assertEquals(401, send(plain("/auth/session").header("Cookie", other)).statusCode());
            assertEquals(200, send(plain("/auth/session").header("Cookie", own)).statusCode());
        } finally {
            assertEquals(204, password(own, "another password", Gateway.PASSWORD).statusCode());
            cookie = cookie(login(Gateway.PASSWORD));
        }
    }

    @Test
    void signsInWithASecondFactorWhereTheUserHasOne() {
        assertEquals(201, admin("/admin/v1/members", "{\"username\":\"tess\",\"roles\":[\"platform-admin\"],\"password\":\"a long password\"}").statusCode());
        String own = cookie(login("tess", ""));
        assertEquals("currentPassword", refused(factor(own, "", "\"currentPassword\":\"wrong\"")));
        JsonObject begun = json(factor(own, "", "\"currentPassword\":\"a long password\"").body());
        String secret = begun.getString("secret");
        assertTrue(begun.getString("uri").contains(secret), begun.toString());
        assertEquals(200, login("tess", "").statusCode(), "not confirmed yet");
        Instant now = Instant.now();
        assertEquals("code", refused(factor(own, "/confirm", "\"code\":\"12345x\"")));
        JsonArray recovery = json(factor(own, "/confirm", "\"code\":\"" + Authenticator.code(secret, now.minusSeconds(30)) + "\"").body()).getJsonArray("recoveryCodes");
        assertTrue(json(send(plain("/auth/second-factor").header("Cookie", own)).body()).getBoolean("enabled"));

        HttpResponse<String> asked = login("tess", "");
        assertEquals(401, asked.statusCode());
        assertEquals("second_factor_required", json(asked.body()).getJsonObject("error").getString("code"));
        assertEquals(401, login("tess", "12345x").statusCode());
        String code = Authenticator.code(secret, now);
        assertEquals(200, login("tess", code).statusCode());
        assertEquals(401, login("tess", code).statusCode(), "good once");
        assertEquals(200, login("tess", recovery.getString(0)).statusCode());
        assertEquals(401, login("tess", recovery.getString(0)).statusCode(), "good once");
        Eventually.holds("wrong codes are slowed down", () -> login("tess", "12345x").statusCode() == 429);

        assertEquals(204, send(session("/admin/v1/members/tess/second-factor").DELETE()).statusCode());
        Eventually.holds("the pause is over", () -> login("tess", "").statusCode() == 200);
        assertFalse(json(send(plain("/auth/second-factor").header("Cookie", own)).body()).getBoolean("enabled"));
        String events = send(session("/admin/v1/audit/export?tenant=default")).body() + send(session("/admin/v1/audit/export")).body();
        assertTrue(events.contains("DELETE /admin/v1/members/tess/second-factor") && events.contains("POST /auth/second-factor/confirm"), events);
        assertFalse(events.contains(secret) || events.contains(recovery.getString(0)));
        assertEquals(204, send(session("/admin/v1/members/tess").DELETE()).statusCode());
    }

    @Test
    void refusesNamesAndPasswordsWithoutEnd() {
        for (String body : List.of("{\"username\":\"" + "x".repeat(101) + "\",\"password\":\"x\"}",
                "{\"username\":\"x\",\"password\":\"" + "x".repeat(1_001) + "\"}")) {
            HttpResponse<String> response = send(plain("/auth/login").header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            assertEquals(400, response.statusCode());
            assertEquals("invalid_value", json(response.body()).getJsonObject("error").getString("code"));
        }
    }

    @Test
    void opensTheInferenceApiToASessionThatProvesItIsNoForeignPage() {
        assertEquals(200, send(session("/v1/models")).statusCode());
        HttpRequest.BodyPublisher chat = HttpRequest.BodyPublishers.ofString(
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        HttpRequest.Builder forged = plain("/v1/chat/completions").header("Cookie", cookie).header("Content-Type", "application/json");
        assertEquals(403, send(forged.POST(chat)).statusCode());
        assertEquals(200, send(session("/v1/chat/completions").header("Content-Type", "application/json").POST(chat)).statusCode());
    }

    @Test
    void keepsApiKeysOutOfTheAdministration() {
        HttpResponse<String> response = send(get("/admin/v1/workers"));
        assertEquals(403, response.statusCode());
        assertEquals("invalid_request_error", json(response.body()).getJsonObject("error").getString("type"));
    }

    @Test
    void makesKeysShowsThemOnceAndRevokesThem() {
        HttpResponse<String> response = admin("/admin/v1/api-keys", "{\"name\":\"laptop\",\"tenant\":\"acme\"}");
        assertEquals(201, response.statusCode(), response.body());
        JsonObject created = json(response.body());
        String key = created.getString("key");
        assertEquals(200, send(plain("/v1/models").header("Authorization", "Bearer " + key)).statusCode());

        String list = send(session("/admin/v1/api-keys")).body();
        assertFalse(list.contains(key));
        JsonObject kept = find(json(list).getJsonArray("data"), "id", created.getString("id"));
        assertEquals("laptop", kept.getString("name"));
        assertEquals("acme", kept.getString("tenant"));
        assertEquals(JsonValue.NULL, kept.get("revokedAt"));

        assertEquals(204, send(session("/admin/v1/api-keys/" + created.getString("id")).DELETE()).statusCode());
        assertEquals(401, send(plain("/v1/models").header("Authorization", "Bearer " + key)).statusCode());
        assertEquals(404, send(session("/admin/v1/api-keys/nobody").DELETE()).statusCode());
        assertEquals(400, admin("/admin/v1/api-keys", "{\"tenant\":\"No Name\"}").statusCode());
    }

    @Test
    void tellsKeysPageByPageTheNewestFirstAndFindsThem() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, json(admin("/admin/v1/api-keys", "{\"name\":\"Paged_" + i + "\",\"tenant\":\"pages\"}").body()).getString("id"));
        }
        List<String> told = new ArrayList<>();
        String next = "";
        do {
            JsonObject page = json(send(session("/admin/v1/api-keys?tenant=pages&limit=2&cursor=" + next)).body());
            assertTrue(page.getJsonArray("data").size() <= 2);
            told.addAll(ids(page));
            next = page.isNull("nextCursor") ? "" : page.getString("nextCursor");
        } while (!next.isEmpty());
        assertEquals(made, told);
        assertEquals(List.of(made.get(1)), ids(json(send(session("/admin/v1/api-keys?tenant=pages&about=aged_3")).body())));
        assertEquals(made, ids(json(send(session("/admin/v1/api-keys?about=" + "pAGED_")).body())));
        assertEquals(204, send(session("/admin/v1/api-keys/" + made.get(0)).DELETE()).statusCode());
        assertEquals(made.subList(1, 5), ids(json(send(session("/admin/v1/api-keys?tenant=pages&inUse=true")).body())));
        for (String wrong : List.of("limit=0", "limit=501", "cursor=bm9uZQ", "cursor=!", "inUse=maybe", "about=" + "x".repeat(201))) {
            assertEquals(400, send(session("/admin/v1/api-keys?" + wrong)).statusCode(), wrong);
        }
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("data").getValuesAs(JsonObject.class).stream().map(key -> key.getString("id")).toList();
    }

    @Test
    void limitsAKeyToModelsWhichAreAllThatItSees() {
        JsonObject created = json(admin("/admin/v1/api-keys", "{\"models\":[\"fast\"]}").body());
        String key = created.getString("key");
        assertEquals("admin", created.getString("owner"));
        assertEquals(List.of("fast"), json(send(bearer("/v1/models", key)).body()).getJsonArray("data").getValuesAs(JsonObject.class)
                .stream().map(model -> model.getString("id")).toList());
        assertEquals(200, chat("fast", key).statusCode());
        HttpResponse<String> foreign = chat("slow", key);
        assertEquals(404, foreign.statusCode());
        assertEquals(chat("nobody", key).body().replace("nobody", "slow"), foreign.body(), "it looks like one that is not there");
        assertEquals(404, send(bearer("/v1/models/slow", key)).statusCode());
        assertEquals(404, text("/v1/completions", "slow", key).statusCode());
        assertEquals(404, text("/v1/tokenize", "slow", key).statusCode());
        assertEquals(200, text("/v1/tokenize", "fast", key).statusCode());
    }

    @Test
    void limitsAKeyToItsScopes() {
        String key = json(admin("/admin/v1/api-keys", "{\"scopes\":[\"models\"]}").body()).getString("key");
        assertEquals(200, send(bearer("/v1/models", key)).statusCode());
        assertEquals(403, chat("fast", key).statusCode());
        assertEquals(403, text("/v1/tokenize", "fast", key).statusCode());
    }

    @Test
    void refusesAKeyFromAForeignAddressLikeAnUnknownOne() {
        String far = json(admin("/admin/v1/api-keys", "{\"addresses\":[\"10.0.0.0/8\",\"::1\"]}").body()).getString("key");
        String near = json(admin("/admin/v1/api-keys", "{\"addresses\":[\"127.0.0.0/8\"]}").body()).getString("key");
        HttpResponse<String> refused = send(bearer("/v1/models", far).header("X-Forwarded-For", "10.0.0.1"));
        assertEquals(401, refused.statusCode());
        assertEquals(send(bearer("/v1/models", "nonsense")).body(), refused.body());
        assertEquals(200, send(bearer("/v1/models", near)).statusCode());
    }

    @Test
    void refusesAKeyFromTheInstantOfItsExpiry() {
        Instant end = Instant.now().plusSeconds(3);
        String key = json(admin("/admin/v1/api-keys", "{\"expiresAt\":\"" + end + "\"}").body()).getString("key");
        assertAcceptedUntil(end, send(bearer("/v1/models", key)));
        Eventually.holds("the key expires", () -> send(bearer("/v1/models", key)).statusCode() == 401);
        assertFalse(Instant.now().isBefore(end));
    }

    /** On a machine that is slow enough the time may be over before there is an answer. */
    private static void assertAcceptedUntil(Instant end, HttpResponse<String> answer) {
        assertTrue(answer.statusCode() == 200 || !Instant.now().isBefore(end), answer.body());
    }

    @Test
    void replacesAKeyByOneWithTheSameLimits() {
        JsonObject old = json(admin("/admin/v1/api-keys", "{\"name\":\"batch\",\"models\":[\"fast\"]}").body());
        String rotate = "/admin/v1/api-keys/" + old.getString("id") + "/rotate";
        Instant end = Instant.now().plusSeconds(2);
        HttpResponse<String> response = admin(rotate, "{\"graceSeconds\":2}");
        assertEquals(201, response.statusCode(), response.body());
        JsonObject renewed = json(response.body());
        assertEquals("batch [\"fast\"]", renewed.getString("name") + " " + renewed.get("models"));
        assertAcceptedUntil(end, chat("fast", old.getString("key")));
        assertEquals(200, chat("fast", renewed.getString("key")).statusCode());
        assertEquals(404, chat("slow", renewed.getString("key")).statusCode());
        assertEquals(409, admin(rotate, "{}").statusCode(), "a key is replaced once");
        assertEquals(renewed.getString("id"), kept(old.getString("id")).getString("replacedBy"));
        Eventually.holds("the old key ends", () -> chat("fast", old.getString("key")).statusCode() == 401);
        assertEquals(200, chat("fast", renewed.getString("key")).statusCode());
        assertEquals(404, admin("/admin/v1/api-keys/nobody/rotate", "{}").statusCode());
        assertEquals(400, admin(rotate, "{\"graceSeconds\":604801}").statusCode());
    }

    @Test
    void writesDownWhenAKeyWasLastUsed() {
        JsonObject created = json(admin("/admin/v1/api-keys", "{}").body());
        assertEquals(JsonValue.NULL, created.get("lastUsedAt"));
        send(bearer("/v1/models", created.getString("key")));
        Eventually.holds("the use is written down", () -> kept(created.getString("id")).get("lastUsedAt") != JsonValue.NULL);
    }

    @Test
    void servesAndUnservesAModel() {
        assertEquals("stored", model("spare").getString("state"));
        assertEquals(202, send(session("/admin/v1/models/spare/serve").POST(nothing())).statusCode());
        Eventually.holds("the model is served", () -> model("spare").getString("state").equals("serving"));
        assertTrue(model("spare").getBoolean("placed"));
        assertEquals(List.of("worker-1"), model("spare").getJsonArray("workers").stream().map(name -> name.toString().replace("\"", "")).toList());
        assertEquals(202, send(session("/admin/v1/models/spare/unserve").POST(nothing())).statusCode());
        Eventually.holds("the model is freed", () -> model("spare").getString("state").equals("stored"));
    }

    @Test
    void servesAgainWhatCouldNotBeLoaded() {
        assertEquals(202, send(session("/admin/v1/models/brittle/serve").POST(nothing())).statusCode());
        Eventually.holds("loading failed", () -> model("brittle").getString("state").equals("failed"));
        assertEquals(202, send(session("/admin/v1/models/brittle/serve").POST(nothing())).statusCode());
        Eventually.holds("the model is served", () -> model("brittle").getString("state").equals("serving"));
        assertEquals(202, send(session("/admin/v1/models/brittle/unserve").POST(nothing())).statusCode());
    }

    @Test
    void refusesToServeWhatNoWorkerHas() {
        assertEquals(409, send(session("/admin/v1/models/llama-2-70b-chat/serve").POST(nothing())).statusCode());
        assertEquals(404, send(session("/admin/v1/models/nobody/serve").POST(nothing())).statusCode());
        assertEquals(404, send(session("/admin/v1/models/nobody/unserve").POST(nothing())).statusCode());
    }

    @Test
    void pinsASystemPromptAtEveryWorkerUntilItIsDeleted() {
        HttpResponse<String> created = admin("/admin/v1/pinned-prefixes", "{\"model\":\"fast\",\"system\":\"You keep a secret recipe.\"}");
        assertEquals(201, created.statusCode(), created.body());
        assertEquals("\"1\"", created.headers().firstValue("ETag").orElseThrow());
        String id = json(created.body()).getString("id");
        Eventually.holds("the worker has pinned it", () -> pinnedAt(id).equals(List.of("worker-1 25")));
        try (Gateway late = new Gateway("worker-late")) {
            Eventually.holds("a worker that comes later pins it too", () -> pinnedAt(id).equals(List.of("worker-1 25", "worker-late 25")));
            assertEquals(List.of("You keep a secret recipe."), late.pinned("fast"));
        }
        String path = "/admin/v1/pinned-prefixes/" + id;
        assertEquals(428, change(path, "PUT", "", "{\"system\":\"x\"}").statusCode());
        HttpResponse<String> changed = change(path, "PUT", "\"1\"", "{\"system\":\"You keep two recipes.\"}");
        assertEquals(200, changed.statusCode(), changed.body());
        Eventually.holds("the worker has pinned the other text", () -> gateway.pinned("fast").equals(List.of("You keep two recipes."))
                && pinnedAt(id).equals(List.of("worker-1 21")));
        assertEquals(412, change(path, "DELETE", "\"1\"", "").statusCode());
        assertEquals(204, change(path, "DELETE", "\"2\"", "").statusCode());
        Eventually.holds("nothing is pinned", () -> gateway.pinned("fast").isEmpty());
        assertEquals(404, change(path, "DELETE", "\"2\"", "").statusCode());
        String audit = send(session("/admin/v1/audit/export")).body();
        assertTrue(audit.contains("\"action\":\"POST /administration/admin/v1/pinned-prefixes\",\"subject\":\"" + id)
                || audit.contains("\"action\":\"POST /admin/v1/pinned-prefixes\",\"subject\":\"" + id), audit);
        assertTrue(audit.contains("DELETE ") && audit.contains("pinned-prefixes/" + id));
        assertFalse(audit.contains("recipe"), "no text is written down");
    }

    @Test
    void refusesToPinWhatNoWorkerCouldMakeSenseOf() {
        assertEquals(404, admin("/admin/v1/pinned-prefixes", "{\"model\":\"nobody\",\"system\":\"s\"}").statusCode());
        for (String body : List.of("{}", "{\"model\":\"fast\"}", "{\"model\":\"fast\",\"system\":\" \"}", "{\"model\":\"fast\",\"system\":7}",
                "{\"model\":\"fast\",\"system\":\"" + "x".repeat(100_001) + "\"}", "{\"model\":\"" + "m".repeat(201) + "\",\"system\":\"s\"}")) {
            HttpResponse<String> refused = admin("/admin/v1/pinned-prefixes", body);
            assertEquals(400, refused.statusCode(), refused.body());
            assertTrue(refused.headers().firstValue("Content-Type").orElseThrow().startsWith("application/problem+json"));
        }
    }

    @Test
    void listsTheCatalogueWithExactShapes() {
        JsonObject llama = model("llama-2-70b-chat");
        assertEquals("known", llama.getString("state"));
        assertEquals(68_976_648_192L, llama.getJsonNumber("parameters").longValue());
        assertEquals(8, llama.getJsonObject("shape").getInt("kvHeads"));
    }

    @Test
    void listsTheWorkers() {
        JsonObject worker = find(json(send(session("/admin/v1/workers")).body()).getJsonArray("data"), "id", "worker-1");
        assertEquals("up", worker.getString("state"));
        assertEquals("serving", find(worker.getJsonArray("models"), "name", "fast").getString("state"));
    }

    @Test
    void storesAModelShowsHowFarItIsAndRemovesIt() {
        JsonObject job = json(admin("/admin/v1/models", "{\"name\":\"mine\",\"path\":\"checkpoints/mine\",\"dtype\":\"int4\"}").body());
        assertEquals("mine at worker-1: running", job.getString("model") + " at " + job.getString("worker") + ": " + job.getString("state"));
        assertEquals(new ModelSource.Folder("mine", "checkpoints/mine", "int4", Optional.empty()), gateway.storage.sources().get(gateway.storage.sources().size() - 1));
        Eventually.holds("the job is listed", () -> "running 25/100".equals(progress(job.getString("id"))));
        assertEquals(409, admin("/admin/v1/models", "{\"name\":\"mine\",\"path\":\"checkpoints/mine\"}").statusCode());
        gateway.storage.end("mine", "");
        Eventually.holds("it is stored", () -> "stored".equals(stateOf("mine")));
        assertEquals(409, send(session("/admin/v1/models/fast").DELETE()).statusCode(), "it is served");
        assertEquals(204, send(session("/admin/v1/models/mine").DELETE()).statusCode());
        Eventually.holds("it is gone", () -> "".equals(stateOf("mine")));
        assertEquals(404, send(session("/admin/v1/models/mine").DELETE()).statusCode());
        String events = send(session("/admin/v1/audit/export")).body();
        assertTrue(events.contains("POST /admin/v1/models\"") && events.contains(job.getString("id")) && events.contains("DELETE /admin/v1/models/mine"), events);
        assertFalse(events.contains("checkpoints"), events);
    }

    @Test
    void givesAJobUpAndTellsWhyOneFailed() {
        String id = json(admin("/admin/v1/models", "{\"name\":\"smollm2-135m-instruct\",\"worker\":\"worker-1\"}").body()).getString("id");
        Eventually.holds("the job is listed", () -> progress(id).startsWith("running"));
        assertEquals(202, admin("/admin/v1/model-jobs/" + id + "/cancel", "").statusCode());
        Eventually.holds("it is given up", () -> progress(id).startsWith("cancelled"));
        assertEquals(404, admin("/admin/v1/model-jobs/nobody/cancel", "").statusCode());
        String second = json(admin("/admin/v1/models", "{\"name\":\"smollm2-135m-instruct\"}").body()).getString("id");
        gateway.storage.end("smollm2-135m-instruct", "Downloading needs 640 MiB of disk space, but only 3 MiB are free.");
        Eventually.holds("it failed", () -> progress(second).startsWith("failed"));
        assertTrue(send(session("/admin/v1/model-jobs")).body().contains("only 3 MiB are free"));
    }

    @Test
    void refusesToStoreWhatItCannotMakeSenseOf() {
        assertEquals("name", wrong("{}"));
        assertEquals("name", wrong("{\"name\":\"llama-2-7b\"}"), "it cannot be downloaded");
        assertEquals("name", wrong("{\"name\":\"../x\",\"path\":\"x\"}"));
        assertEquals("path", wrong("{\"name\":\"x\",\"path\":\"../../etc\"}"));
        assertEquals("dtype", wrong("{\"name\":\"x\",\"path\":\"x\",\"dtype\":\"q3\"}"));
        assertEquals("chatTemplate", wrong("{\"name\":\"x\",\"path\":\"x\",\"chatTemplate\":\"vicuna\"}"));
        assertEquals("worker", wrong("{\"name\":\"x\",\"path\":\"x\",\"worker\":\"worker-7\"}"));
    }

    private static String wrong(String body) {
        HttpResponse<String> response = admin("/admin/v1/models", body);
        assertEquals(400, response.statusCode(), response.body());
        assertEquals("application/problem+json", response.headers().firstValue("Content-Type").orElseThrow());
        return json(response.body()).getString("param");
    }

    private static String progress(String id) {
        return json(send(session("/admin/v1/model-jobs")).body()).getJsonArray("data").getValuesAs(JsonObject.class).stream()
                .filter(job -> job.getString("id").equals(id)).findFirst()
                .map(job -> job.getString("state") + " " + job.getInt("doneBytes") + "/" + job.getInt("totalBytes")).orElse("");
    }

    private static String stateOf(String model) {
        return json(send(session("/admin/v1/models")).body()).getJsonArray("data").getValuesAs(JsonObject.class).stream()
                .filter(one -> one.getString("name").equals(model)).map(one -> one.getString("state")).findFirst().orElse("");
    }

    @Test
    void tellsWhichSecretsAreUsedAndWhatRestsOnWhichPepperAndNoSecret() throws IOException {
        String answer = send(session("/admin/v1/secrets")).body();
        JsonArray secrets = json(answer).getJsonArray("data");
        assertEquals(List.of("pepper in-force", "audit-key in-force", "salt-key in-force"), secrets.getValuesAs(JsonObject.class).stream()
                .map(secret -> secret.getString("name") + " " + secret.getString("state")).toList(), answer);
        assertFalse(secrets.getJsonObject(0).isNull("since"), answer);
        JsonObject pepper = json(answer).getJsonArray("peppers").getJsonObject(0);
        assertTrue(pepper.getInt("version") == secrets.getJsonObject(0).getInt("version") && pepper.getInt("apiKeys") > 0, answer);
        for (String name : List.of("pepper", "audit-key", "salt-key")) {
            for (String part : Files.readString(Gateway.secret(name)).split("\\s+")) {
                assertFalse(answer.contains(part), name);
            }
        }
        Path file = Gateway.secret("pepper");
        String before = Files.readString(file);
        try {
            Files.writeString(file, String.join("\n", Pepper.prepared(before.lines().toList(), new SecureRandom())));
            assertEquals("restart-needed", stateOfPepper());
            Files.writeString(file, "nonsense");
            assertEquals("unreadable", stateOfPepper());
        } finally {
            Files.writeString(file, before);
        }
        assertEquals("in-force", stateOfPepper());
    }

    private static String stateOfPepper() {
        return json(send(session("/admin/v1/secrets")).body()).getJsonArray("data").getJsonObject(0).getString("state");
    }

    @Test
    void drainsAWorkerAndResumesIt() {
        assertEquals(404, admin("/admin/v1/workers/worker-7/drain", "").statusCode());
        assertEquals(404, admin("/admin/v1/workers/worker-1/resume", "").statusCode());
        assertEquals(202, admin("/admin/v1/workers/worker-1/drain", "").statusCode());
        try {
            HttpResponse<String> refused = ask("fast");
            assertEquals(503, refused.statusCode(), refused.body());
            assertEquals("no_worker", json(refused.body()).getJsonObject("error").getString("code"));
            assertEquals("drained true", state());
            assertEquals(202, admin("/admin/v1/workers/worker-1/drain", "").statusCode(), "once more does no harm");
        } finally {
            assertEquals(202, admin("/admin/v1/workers/worker-1/resume", "").statusCode());
        }
        Eventually.holds("fast answers again", () -> ask("fast").statusCode() == 200);
        assertEquals("up false", state());
        String events = send(session("/admin/v1/audit/export")).body();
        assertTrue(events.contains("POST /admin/v1/workers/worker-1/drain") && events.contains("POST /admin/v1/workers/worker-1/resume"), events);
    }

    private static HttpResponse<String> ask(String model) {
        return send(Gateway.post("/v1/completions", "{\"model\":\"" + model + "\",\"prompt\":\"ab\"}"));
    }

    private static String state() {
        JsonObject worker = json(send(session("/admin/v1/workers")).body()).getJsonArray("data").getJsonObject(0);
        return worker.getString("state") + " " + worker.getBoolean("drainWanted");
    }

    @Test
    void isReadyAndTellsWhatIsServed() {
        JsonObject ready = json(send(plain("/health/ready")).body());
        assertEquals("UP", ready.getString("status"), ready.toString());
        assertTrue(find(ready.getJsonArray("checks"), "name", "grid").getJsonObject("data").getString("serving").contains("fast"));
        assertEquals(200, send(plain("/health/live")).statusCode());
        assertEquals(200, send(plain("/health/started")).statusCode());
    }

    @Test
    void measuresRequestsAndWorkers() {
        send(Gateway.post("/v1/completions", "{\"model\":\"fast\",\"prompt\":\"ab\"}"));
        Eventually.holds("the metrics tell of it", () -> {
            String metrics = send(plain("/metrics")).body();
            return metrics.contains("altiplano_requests_total{kind=\"text\"") && metrics.contains("altiplano_completion_tokens_total{")
                    && metrics.contains("altiplano_time_to_first_token_seconds") && metrics.contains("altiplano_kv_capacity_tokens{model=\"fast\"")
                    && metrics.contains("altiplano_prefix_cache_hit_tokens{model=\"fast\"")
                    && metrics.contains("altiplano_prefix_cache_pinned_tokens{model=\"fast\"");
        });
    }

    @Test
    void describesItself() {
        String document = send(plain("/openapi")).body();
        for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/models", "/v1/tokenize", "/v1/detokenize",
                "/auth/login", "/admin/v1/workers", "/admin/v1/models", "/admin/v1/pinned-prefixes", "/admin/v1/api-keys")) {
            assertTrue(document.contains(path + ":"), path);
        }
    }

    @Test
    void servesTheConsoleAtItsOwnAddressesOnly() {
        for (String path : List.of("/", "/models", "/playground/new")) {
            HttpResponse<String> page = send(plain(path).header("Accept", "text/html,*/*"));
            assertEquals(200, page.statusCode(), path);
            assertTrue(page.body().contains("the console"), path);
            assertTrue(page.headers().firstValue("Content-Security-Policy").orElseThrow().contains("frame-ancestors 'none'"));
            assertEquals("no-cache", page.headers().firstValue("Cache-Control").orElseThrow());
        }
        HttpResponse<String> asset = send(plain("/assets/app-12345678.js"));
        assertTrue(asset.headers().firstValue("Cache-Control").orElseThrow().contains("immutable"));
        assertTrue(asset.headers().firstValue("Content-Type").orElseThrow().startsWith("text/javascript"));
        assertEquals(404, send(plain("/assets/none.js").header("Accept", "*/*")).statusCode());
        HttpResponse<String> unknown = send(plain("/nothing").header("Accept", "application/json"));
        assertEquals(404, unknown.statusCode());
        assertTrue(json(unknown.body()).containsKey("error"));
    }

    /** Workers with the tokens that they have pinned of it. */
    private static List<String> pinnedAt(String id) {
        return find(json(send(session("/admin/v1/pinned-prefixes")).body()).getJsonArray("data"), "id", id).getJsonArray("workers")
                .getValuesAs(JsonObject.class).stream().map(worker -> worker.getString("worker") + " " + worker.getInt("pinnedTokens")).toList();
    }

    private static HttpResponse<String> change(String path, String method, String ifMatch, String body) {
        HttpRequest.Builder request = session(path).header("Content-Type", "application/json");
        return send((ifMatch.isEmpty() ? request : request.header("If-Match", ifMatch)).method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonObject kept(String id) {
        return find(json(send(session("/admin/v1/api-keys?limit=500")).body()).getJsonArray("data"), "id", id);
    }

    private static HttpRequest.Builder bearer(String path, String key) {
        return plain(path).header("Authorization", "Bearer " + key);
    }

    private static HttpResponse<String> chat(String model, String key) {
        return send(bearer("/v1/chat/completions", key).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                "{\"model\":\"" + model + "\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")));
    }

    private static HttpResponse<String> text(String path, String model, String key) {
        return send(bearer(path, key).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model + "\",\"prompt\":\"hi\"}")));
    }

    private static JsonObject model(String name) {
        return find(json(send(session("/admin/v1/models")).body()).getJsonArray("data"), "name", name);
    }

    private static JsonObject find(JsonArray array, String field, String value) {
        return array.getValuesAs(JsonObject.class).stream().filter(object -> object.getString(field).equals(value)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + value + " in " + array));
    }

    private static HttpResponse<String> login(String password) {
        return send(plain("/auth/login").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"admin\",\"password\":\"" + password + "\"}")));
    }

    private static HttpResponse<String> login(String username, String code) {
        return send(plain("/auth/login").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"" + username
                + "\",\"password\":\"a long password\"" + (code.isEmpty() ? "" : ",\"code\":\"" + code + "\"") + "}")));
    }

    private static HttpResponse<String> factor(String session, String path, String body) {
        return send(plain("/auth/second-factor" + path).header("Cookie", session).header("X-Requested-With", "altiplano")
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{" + body + "}")));
    }

    private static HttpResponse<String> password(String session, String current, String wanted) {
        return send(plain("/auth/password").header("Cookie", session).header("X-Requested-With", "altiplano")
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(
                        "{\"currentPassword\":\"" + current + "\",\"newPassword\":\"" + wanted + "\"}")));
    }

    private static String refused(HttpResponse<String> response) {
        assertEquals(400, response.statusCode(), response.body());
        return json(response.body()).getJsonObject("error").getString("param");
    }

    private static String cookie(HttpResponse<String> login) {
        return login.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
    }

    private static HttpRequest.Builder session(String path) {
        return plain(path).header("Cookie", cookie).header("X-Requested-With", "altiplano");
    }

    private static HttpResponse<String> admin(String path, String body) {
        return send(session(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.BodyPublisher nothing() {
        return HttpRequest.BodyPublishers.noBody();
    }
}
