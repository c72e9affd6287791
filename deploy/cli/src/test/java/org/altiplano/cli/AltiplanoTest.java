package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.SealedEvent;
import org.altiplano.security.secrets.MacKey;
import org.altiplano.security.secrets.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands against a scripted gateway. */
class AltiplanoTest {

    @TempDir
    private Path folder;

    private final RecordingTerminal recording = new RecordingTerminal(0);
    private ScriptedGateway gateway;

    @BeforeEach
    void startsAGateway() throws Exception {
        gateway = new ScriptedGateway().on("POST /auth/login", 200, "{\"username\":\"admin\"}");
    }

    @AfterEach
    void endsIt() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "up", "down", "status", "logs", "models", "models pull", "models import", "models export", "models list",
            "models remove", "models serve", "models unserve", "keys", "keys create", "keys list", "keys revoke", "audit", "audit verify",
            "audit export", "secrets", "secrets rotate", "backup", "restore", "chat"})
    void everyCommandExplainsItself(String command) {
        String[] words = (command + " --help").strip().split(" ");
        assertEquals(0, Altiplano.run(recording.terminal(), words), recording.err());
        assertTrue(recording.out().contains("Usage: " + ("altiplano " + command).strip()), recording.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fly", "up --workers 0", "up --http-port 70000", "up --workers many", "models", "keys", "audit", "secrets",
            "secrets rotate", "backup", "restore",
            "models import --name x", "models export x", "models import /x --name x --dtype q3", "models import /x --name UPPER"})
    void wrongUsageIsExitCodeTwo(String command) {
        assertEquals(2, run(command.isEmpty() ? new String[0] : command.split(" ")), recording.err());
        assertFalse(recording.err().isBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys list", "keys create", "keys revoke 1", "models unserve x", "audit verify", "audit export", "backup x", "chat hello"})
    void whatNeedsARunningPlatformSaysSo(String command) {
        assertEquals(1, run(command.split(" ")));
        assertTrue(recording.err().contains("Altiplano is not running in " + folder), recording.err());
    }

    @Test
    void aSecretIsMadeKnownFirstAndUsedWithTheNextRotation() throws Exception {
        Path pepper = Files.createDirectories(folder.resolve("secrets")).resolve("pepper");
        Files.writeString(pepper, MacKey.generate(new SecureRandom()) + "\n");
        assertEquals(0, run("secrets", "rotate", "pepper", "--prepare"), recording.err());
        List<String> prepared = Files.readAllLines(pepper);
        assertTrue(prepared.size() == 2 && prepared.get(1).startsWith("+"), prepared::toString);
        assertTrue(recording.out().contains("Then rotate it."), recording.out());
        assertEquals(0, run("secrets", "rotate", "pepper"), recording.err());
        assertEquals(List.of(prepared.get(0), prepared.get(1).substring(1)), Files.readAllLines(pepper));
        assertEquals(2, run("secrets", "rotate", "salt-key", "--prepare"));
        assertTrue(recording.err().contains("The salt-key needs no preparation: rotate it."), recording.err());
    }

    @Test
    void downWithoutUpIsNoFailure() {
        assertEquals(0, run("down"));
        assertTrue(recording.out().contains("is not running"), recording.out());
    }

    @Test
    void statusWithoutUpIsOneJsonValue() throws Exception {
        assertEquals(0, run("status", "--json"));
        assertFalse(Json.parse(recording.out()).path("running").asBoolean(true));
    }

    @Test
    void statusFindsTheGatewayWhereverUpPutIt() throws Exception {
        runs();
        gateway.on("GET /admin/v1/workers", 200, """
                {"data":[{"id":"worker-1","models":[{"name":"m","state":"serving","dtype":"q8","running":1,"queued":2,
                "kvUsedTokens":1,"kvCapacityTokens":4,"tokensPerSecond":5.25}]}]}""");
        assertEquals(0, run("status"), recording.err());
        assertTrue(recording.out().lines().anyMatch(line -> line.matches("m +worker-1 +serving +q8 +1 +2 +25 % +5.[23]")),
                recording.out());
        assertTrue(recording.out().contains(gateway.url() + "/v1"), recording.out());
    }

    @Test
    void statusOfAGatewayThatDoesNotAnswerShowsTheProcessesAndFails() throws Exception {
        runs();
        gateway.close();
        assertEquals(1, run("status", "--json"));
        assertEquals("running", Json.parse(recording.out()).path("processes").path(0).path("state").asText());
        assertTrue(recording.err().contains("does not answer"), recording.err());
    }

    @Test
    void aKeyIsShownOnceUnderTheFieldKey() throws Exception {
        runs();
        gateway.on("POST /admin/v1/api-keys", 201, "{\"id\":\"k1\",\"key\":\"llmk_x\",\"name\":\"n\"}");
        assertEquals(0, run("keys", "create", "--name", "n", "--tenant", "t", "--json"), recording.err());
        assertEquals("llmk_x", Json.parse(recording.out()).path("key").asText());
        assertTrue(gateway.requests().get(1).startsWith(
                "POST /admin/v1/api-keys altiplano_session=s1 {\"name\":\"n\",\"tenant\":\"t\"}"), gateway.requests()::toString);
    }

    @Test
    void theCodeOfASecondFactorIsAskedForOnceWhereItIsNeeded() throws Exception {
        runs();
        requiresACode();
        recording.answers(" 123456 ");
        assertEquals(0, run("keys", "list"), recording.err());
        assertTrue(recording.err().contains("Code of the second factor: "), recording.err());
        assertTrue(gateway.requests().get(1).endsWith("\"code\":\"123456\"}"), gateway.requests()::toString);
        assertTrue(gateway.requests().get(2).startsWith("GET /admin/v1/api-keys?limit=500 altiplano_session=s1"), gateway.requests()::toString);
    }

    @Test
    void theCodeOfASecondFactorCanBeGiven() throws Exception {
        runs();
        requiresACode();
        assertEquals(0, run("keys", "list", "--code", "654321"), recording.err());
        assertTrue(gateway.requests().get(1).contains("654321"), gateway.requests()::toString);
        assertFalse(recording.err().contains("Code of"), recording.err());
    }

    @Test
    void whereNobodyCanBeAskedForACodeOrItIsWrongTheCommandSaysSo() throws Exception {
        runs();
        requiresACode();
        assertEquals(1, run("keys", "list"));
        assertTrue(recording.err().contains("signs in with a second factor: give its code by --code CODE."), recording.err());
        gateway.on("POST /auth/login with a code", 401, "{\"error\":{\"message\":\"The user name, the password or the code is wrong.\"}}");
        assertEquals(1, run("keys", "list", "--code", "1"));
        assertTrue(recording.err().contains("refuses this code"), recording.err());
        gateway.on("POST /auth/login with a code", 429, "{\"error\":{\"message\":\"Try again in 8 s.\"}}");
        assertEquals(1, run("keys", "list", "--code", "1"));
        assertTrue(recording.err().contains("Try again in 8 s."), recording.err());
    }

    private void requiresACode() {
        gateway.on("POST /auth/login", 401, "{\"error\":{\"message\":\"The code is required.\",\"code\":\"second_factor_required\"}}")
                .on("POST /auth/login with a code", 200, "{\"username\":\"admin\"}").on("GET /admin/v1/api-keys?limit=500", 200, "{\"data\":[]}");
    }

    @Test
    void keysAreListedWithTheirState() throws Exception {
        runs();
        gateway.on("GET /admin/v1/api-keys?limit=500", 200, """
                {"data":[{"id":"k1","name":"cli","tenant":"default","last4":"abcd","createdAt":"2026-01-01T00:00:00Z",
                "revokedAt":null},{"id":"k2","name":"old","tenant":"default","last4":"wxyz",
                "createdAt":"2026-01-01T00:00:00Z","revokedAt":"2026-01-02T00:00:00Z"},{"id":"k3","name":"rotated","tenant":"default",
                "last4":"1234","createdAt":"2026-01-01T00:00:00Z","revokedAt":null,"expiresAt":"2026-01-02T00:00:00Z"},{"id":"k4",
                "name":"new","tenant":"default","last4":"5678","createdAt":"2026-01-01T00:00:00Z","revokedAt":null,
                "expiresAt":"2999-01-02T00:00:00Z"}],"nextCursor":"YS9i"}""").on("GET /admin/v1/api-keys?limit=500&cursor=YS9i", 200, """
                {"data":[{"id":"k5","name":"first","tenant":"default","last4":"9999","createdAt":"2025-01-01T00:00:00Z","revokedAt":null}],"nextCursor":null}""");
        assertEquals(0, run("keys", "list"), recording.err());
        assertTrue(recording.out().lines().anyMatch(line -> line.matches("k1 .*\\.\\.\\.abcd .*valid")), recording.out());
        assertTrue(recording.out().lines().anyMatch(line -> line.matches("k2 .*revoked")), recording.out());
        assertTrue(recording.out().lines().anyMatch(line -> line.matches("k3 .*expired")), recording.out());
        assertTrue(recording.out().lines().anyMatch(line -> line.matches("k4 .*valid")), recording.out());
        assertTrue(recording.out().lines().anyMatch(line -> line.startsWith("k5 ")), "of the second page: " + recording.out());
    }

    @Test
    void theGatewaysOwnSentenceIsTold() throws Exception {
        runs();
        gateway.on("DELETE /admin/v1/api-keys/k%209", 404, "{\"error\":{\"message\":\"There is no key k 9.\"}}");
        assertEquals(1, run("keys", "revoke", "k 9"));
        assertTrue(recording.err().contains("There is no key k 9."), recording.err());
    }

    @Test
    void theAuditLogIsCheckedWithTheKeyOfTheHomeAndRemembered() throws Exception {
        runs();
        AuditKey key = new Home(folder).secretStore().read(Secret.AUDIT_KEY, AuditKey::parse);
        SealedEvent first = key.seal(event(1, AuditEvent.FIRST, "ann"));
        SealedEvent second = key.seal(event(2, first.hash(), "ann"));
        gateway.on("GET /admin/v1/audit/chains", 200, "{\"data\":[{\"tenant\":\"acme\",\"events\":2}]}");
        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, line(first) + line(second));
        assertEquals(0, run("audit", "verify"), recording.err());
        assertTrue(recording.out().contains("acme: 2 events, all in order"), recording.out());

        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, line(first));
        assertEquals(1, run("audit", "verify"));
        assertTrue(recording.err().contains("removed at the end"), recording.err());
        gateway.on("GET /admin/v1/audit/chains", 200, "{\"data\":[]}");
        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, "");
        assertEquals(1, run("audit", "verify"), "a chain that is gone as a whole");

        SealedEvent edited = new SealedEvent(event(2, first.hash(), "eve"), second.hash(), second.key(), second.signature());
        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, line(first) + line(edited));
        assertEquals(1, run("audit", "verify", "--tenant", "acme"));
        assertTrue(recording.err().contains("Event 2 was edited."), recording.err());
    }

    @Test
    void anAuditLogThatBreaksOffIsNotTakenForOneThatWasCut() throws Exception {
        runs();
        AuditKey key = new Home(folder).secretStore().read(Secret.AUDIT_KEY, AuditKey::parse);
        SealedEvent first = key.seal(event(1, AuditEvent.FIRST, "ann"));
        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, line(first) + line(key.seal(event(2, first.hash(), "ann"))));
        assertEquals(0, run("audit", "verify", "--tenant", "acme"), recording.err());
        gateway.on("GET /admin/v1/audit/export?tenant=acme", 200, line(first) + "{\"error\":{\"message\":\"The database is gone.\"}}\n");
        for (String command : List.of("verify", "export")) {
            assertEquals(1, run("audit", command, "--tenant", "acme"), command);
            assertTrue(recording.err().contains("The gateway broke off: The database is gone."), recording.err());
            assertFalse(recording.err().contains("removed at the end"), recording.err());
        }
        assertFalse(recording.out().contains("error"), recording.out());
    }

    @Test
    void whatTheGatewayWroteForABackupIsGoneThoughThatCouldNotBeWritten() throws Exception {
        runs();
        Path exported = Files.writeString(folder.resolve("database.jsonl.gz"), "all that there is");
        gateway.on("POST /admin/v1/backups", 201, Json.object().put("file", exported.toString()).put("schema", "10").put("rows", 1).put("at", "noon")
                .toString());
        assertEquals(1, run("backup", folder.resolve("absent").resolve("backup").toString()));
        assertTrue(recording.err().contains("Cannot write"), recording.err());
        assertFalse(Files.exists(exported));
    }

    private static AuditEvent event(long sequence, String previous, String actor) {
        return new AuditEvent("acme", sequence, Instant.EPOCH, actor, "SESSION", "127.0.0.1", "POST /admin/v1/tenants", "acme", 201, previous);
    }

    private static String line(SealedEvent sealed) {
        AuditEvent event = sealed.event();
        return Json.object().put("tenant", event.chain()).put("sequence", event.sequence()).put("at", event.at().toString()).put("actor", event.actor())
                .put("origin", event.origin()).put("address", event.address()).put("action", event.action()).put("subject", event.subject())
                .put("status", event.status()).put("previous", event.previous()).put("hash", sealed.hash()).put("key", sealed.key())
                .put("signature", sealed.signature()) + "\n";
    }

    @Test
    void removingAnUnknownModelNamesIt() {
        assertEquals(1, run("models", "remove", "unknown"));
        assertTrue(recording.err().contains("unknown"), recording.err());
    }

    @Test
    void exportingAnUnknownModelNamesItAndWritesNothing() {
        Path target = folder.resolve("exported");
        assertEquals(1, run("models", "export", "unknown", target.toString()));
        assertTrue(recording.err().contains("unknown"), recording.err());
        assertFalse(Files.exists(target));
    }

    @Test
    void theCatalogueIsListedBeforeAnythingIsStored() throws Exception {
        assertEquals(0, run("models", "list", "--json"), recording.err());
        assertEquals(9, Json.parse(recording.out()).size());
        assertEquals("known", Json.parse(recording.out()).path(0).path("state").asText());
    }

    @Test
    void aModelThatCannotBeFetchedSaysHowToGetIt() {
        assertEquals(1, run("models", "pull", "llama-2-7b-chat"));
        assertTrue(recording.err().contains("altiplano models import PATH --name llama-2-7b-chat"), recording.err());
    }

    @Test
    void anAnswerIsStreamed() throws Exception {
        runs();
        gateway.on("GET /admin/v1/models", 200,
                "{\"data\":[{\"name\":\"m\",\"state\":\"serving\",\"chatTemplate\":\"chatml\"}]}");
        gateway.on("POST /v1/chat/completions", 200,
                "data: {\"choices\":[{\"delta\":{\"content\":\"Paris.\"}}]}\n\ndata: [DONE]\n\n");
        assertEquals(0, run("chat", "Capital of France?"), recording.err());
        assertEquals("Paris.", recording.out().strip());
    }

    /** Makes the home look as if {@code up} had started the scripted gateway as this process. */
    private void runs() {
        Home home = new Home(folder);
        home.create();
        Credentials.readOrCreate(home, new SecureRandom());
        Ports.fresh("127.0.0.1", gateway.port()).write(home);
        new ProcessTable(home).add(new ManagedProcess(ManagedProcess.GATEWAY,
                ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow(), Instant.EPOCH));
    }

    private int run(String... command) {
        String[] words = new String[command.length + 2];
        words[0] = "--home";
        words[1] = folder.toString();
        System.arraycopy(command, 0, words, 2, command.length);
        return Altiplano.run(recording.terminal(), words);
    }
}
