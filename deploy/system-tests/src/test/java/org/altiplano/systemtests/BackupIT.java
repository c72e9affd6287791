package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A platform whose secrets are rotated, that is backed up, destroyed and restored. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupIT {

    private static final int HEAD_BYTES = "altiplano-backup 1 ".length() + 64 + 1;

    private static Platform platform;
    private static String revokedLater;
    private static String neverUsed;
    private static Path backup;
    private static JsonNode usage;

    @BeforeAll
    static void startsAPlatform() {
        String gguf = SmolLm2.gguf().toString();
        platform = Platform.named("backup");
        platform.must("models", "import", gguf, "--name", Platform.CHAT_MODEL);
        platform.must("up", "--http-port", "0");
        backup = platform.home().resolve("test.backup");
    }

    @AfterAll
    static void endsEverything() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    @Order(1)
    void rotatedSecretsVoidNothing() throws Exception {
        revokedLater = platform.must("keys", "create", "--name", "revoked").out().strip();
        neverUsed = platform.must("keys", "create", "--name", "unused").out().strip();
        ask(platform.key());
        platform.must("audit", "verify");
        for (String secret : List.of("pepper", "audit-key", "salt-key")) {
            platform.must("secrets", "rotate", secret);
        }
        assertEquals(2, platform.run("secrets", "rotate", "nothing").status());
        restart();
        ask(platform.key());
        assertEquals(200, models(revokedLater));
        assertEquals(1, Files.readString(platform.home().resolve("secrets/audit-key")).lines().skip(1).findFirst().orElseThrow().split(" ").length);
        String verified = platform.must("audit", "verify").out();
        assertTrue(verified.contains("default: ") && !verified.contains("removed"), verified);
        // With it their new hashes, which the backup is to hold.
        Eventually.holds("the use of the keys being written down", () -> !used(revokedLater).isNull());
    }

    /** When a key was last used. */
    private static JsonNode used(String key) {
        return StreamSupport.stream(platform.api().administer("/admin/v1/api-keys").path("data").spliterator(), false)
                .filter(kept -> kept.path("id").asText().equals(id(key))).findFirst().orElseThrow().path("lastUsedAt");
    }

    private static String id(String key) {
        return key.split("_")[2];
    }

    @Test
    @Order(2)
    void aRunningPlatformIsBackedUp() throws Exception {
        usage = ledger();
        assertTrue(usage.toString().contains("\"generations\":2"), usage.toString());
        String told = platform.must("backup", backup.toString()).out();
        assertTrue(told.contains("rows"), told);
        try (Stream<Path> left = Files.list(platform.home().resolve("backups"))) {
            assertEquals(List.of(), left.toList());
        }
        Platform.Outcome again = platform.run("backup", backup.toString());
        assertEquals(1, again.status());
        assertTrue(again.err().contains("exists already"), again.err());
        // After the backup: gone with the restoration.
        platform.must("keys", "revoke", id(revokedLater));
        ask(platform.key());
    }

    @Test
    @Order(3)
    void whatCannotBeRestoredLeavesEverythingAsItIs() throws Exception {
        refused("running", backup);
        platform.must("down");
        byte[] whole = Files.readAllBytes(backup);
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 4;
        refused("damaged", Files.write(platform.home().resolve("test.damaged"), damaged));
        refused("damaged", Files.write(platform.home().resolve("test.cut"), Arrays.copyOf(whole, whole.length - 1)));
        refused("newer version", Files.write(platform.home().resolve("test.newer"), ofNewerTables(whole)));
        assertFalse(Files.exists(platform.home().resolve("restore")));
        platform.must("up", "--http-port", "0");
        assertEquals(401, models(revokedLater));
        assertTrue(ledger().toString().contains("\"generations\":3"));
        platform.must("audit", "verify");
    }

    @Test
    @Order(4)
    void aDestroyedPlatformIsRestoredWithItsKeysItsLedgerAndItsAuditLog() throws Exception {
        platform.must("down");
        for (String lost : List.of("db", "secrets", "credentials.json")) {
            try (Stream<Path> files = Files.walk(platform.home().resolve(lost))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        platform.must("restore", backup.toString());
        platform.must("up", "--http-port", "0");
        assertEquals(usage, ledger());
        String verified = platform.must("audit", "verify").out();
        assertTrue(verified.contains("@platform: ") && verified.contains("default: "), verified);
        assertEquals(200, models(revokedLater), "it was revoked after the backup");
        ask(platform.key());
        assertTrue(platform.must("audit", "export").out().contains("restored from a backup"));
    }

    @Test
    @Order(5)
    void whatWasThereIsSetAsideByARestoration() throws Exception {
        platform.must("down");
        platform.must("restore", backup.toString());
        try (Stream<Path> files = Files.list(platform.home())) {
            Path before = files.filter(file -> file.getFileName().toString().startsWith("before-restore-")).findFirst().orElseThrow();
            assertTrue(Files.exists(before.resolve("db")) && Files.exists(before.resolve("secrets/pepper")));
        }
    }

    @Test
    @Order(6)
    void aRetiredPepperEndsTheKeysThatWereNotUsedSinceTheRotation() throws Exception {
        Path pepper = platform.home().resolve("secrets/pepper");
        List<String> lines = Files.readAllLines(pepper);
        assertEquals(2, lines.size());
        Files.writeString(pepper, "-\n" + lines.get(1) + "\n");
        platform.must("up", "--http-port", "0");
        assertEquals(200, models(platform.key()), "hashed anew when it was used");
        assertEquals(200, models(revokedLater), "hashed anew when it was used");
        assertEquals(401, models(neverUsed));
    }

    private static void refused(String why, Path file) {
        Platform.Outcome refused = platform.run("restore", file.toString());
        assertEquals(1, refused.status(), refused.err());
        assertTrue(refused.err().contains(why), refused.err());
    }

    private static void restart() {
        platform.must("down");
        platform.must("up", "--http-port", "0");
    }

    private static void ask(String key) {
        new Api(platform.baseUrl(), key, "", "").post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    private static int models(String key) {
        return new Api(platform.baseUrl(), key, "", "").get("/v1/models").status();
    }

    private static JsonNode ledger() {
        return platform.api().administer("/admin/v1/usage?group=tenant,day,model,key,owner").path("data");
    }

    /** The backup as a version would make it whose tables this one does not know. */
    private static byte[] ofNewerTables(byte[] whole) throws Exception {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(whole, HEAD_BYTES, whole.length)); ZipOutputStream to = new ZipOutputStream(changed)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = from.readAllBytes();
                to.write(entry.getName().startsWith("database") ? newer(content) : content);
            }
        }
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(changed.toByteArray()));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(("altiplano-backup 1 " + digest + "\n").getBytes(StandardCharsets.US_ASCII));
        file.write(changed.toByteArray());
        return file.toByteArray();
    }

    private static byte[] newer(byte[] lines) throws IOException {
        String text = new String(new GZIPInputStream(new ByteArrayInputStream(lines)).readAllBytes(), StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.replaceFirst("\"schema\":\"[^\"]+\"", "\"schema\":\"900\"").getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }
}
