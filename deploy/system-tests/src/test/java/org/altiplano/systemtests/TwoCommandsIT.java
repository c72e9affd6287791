package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a new user sees, in an empty home: up fetches the model, says where everything is and how to try it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoCommandsIT {

    private static Platform platform;
    private static String firstOutput;

    @BeforeAll
    static void needsTheRealModel() {
        SmolLm2.gguf();
        platform = Platform.named("two-commands");
    }

    @AfterAll
    static void endsEverything() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    @Order(1)
    void aTakenPortIsNamedAndTheNextUpWorks() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            Platform.Outcome refused = platform.run("up", "--http-port", port);
            assertEquals(1, refused.status(), refused.err());
            assertTrue(refused.err().contains("Port " + port) && refused.err().contains("--http-port"), refused.err());
        }
    }

    @Test
    @Order(2)
    void upFetchesTheModelAndTellsAllOneNeeds() throws Exception {
        firstOutput = platform.must("up", "--http-port", "0").out();
        JsonNode credentials = platform.credentials();
        for (String shown : List.of(platform.baseUrl() + "/v1", credentials.path("apiKey").asText(),
                credentials.path("adminPassword").asText(), "curl ")) {
            assertTrue(firstOutput.contains(shown), firstOutput);
        }
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(platform.home().resolve("credentials.json"))));
    }

    @Test
    @Order(3)
    void theCurlLineWorksWhenPasted() throws Exception {
        assertAnswersTheQuestion(pasted(firstOutput));
    }

    @Test
    @Order(4)
    void neitherKeyNorPasswordIsKeptElsewhere() throws Exception {
        String key = platform.key();
        String password = platform.credentials().path("adminPassword").asText();
        try (Stream<Path> files = Files.walk(platform.home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!List.of("credentials.json", "test.out").contains(file.getFileName().toString())
                        && !file.startsWith(platform.home().resolve("models"))) {
                    String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                    assertFalse(content.contains(key) || content.contains(password), file.toString());
                }
            }
        }
    }

    @Test
    @Order(5)
    void chatStreamsInTheTerminal() {
        assertAnswersTheQuestion(platform.must("chat", "What is the capital of France? Answer in one sentence.").out());
    }

    @Test
    @Order(6)
    void aSecondUpSaysThatItRuns() throws Exception {
        Platform.Outcome again = platform.must("up");
        assertTrue(again.out().contains("already running"), again.out());
        assertFalse(again.out().contains(platform.key()), "the key was shown twice");
        assertAnswersTheQuestion(pasted(again.out()));
        Platform.Outcome moved = platform.run("up", "--http-port", "1");
        assertEquals(1, moved.status());
        assertTrue(moved.err().contains("already runs on port " + platform.port()), moved.err());
    }

    @Test
    @Order(7)
    void statusShowsProcessesAndModels() {
        JsonNode status = platform.must("status", "--json").json();
        assertTrue(status.path("running").asBoolean());
        assertEquals(List.of("worker-1", "gateway"), status.path("processes").findValuesAsText("name"));
        assertTrue(platform.must("status").out().contains(Platform.CHAT_MODEL));
    }

    @Test
    @Order(8)
    void keysAreMadeListedAndRevoked() {
        JsonNode created = platform.must("keys", "create", "--name", "test", "--json").json();
        var api = new Api(platform.baseUrl(), created.path("key").asText(), "", "");
        assertEquals(200, api.get("/v1/models").status());
        assertTrue(platform.must("keys", "list").out().contains(created.path("id").asText()));
        platform.must("keys", "revoke", created.path("id").asText());
        assertEquals(401, api.get("/v1/models").status());
        assertEquals(1, platform.run("keys", "revoke", "unknown").status());
    }

    @Test
    @Order(9)
    void aServedModelIsNotRemoved() {
        Platform.Outcome refused = platform.run("models", "remove", Platform.CHAT_MODEL);
        assertEquals(1, refused.status());
        assertTrue(refused.err().contains("unserve"), refused.err());
    }

    @Test
    @Order(10)
    void anUnservedModelIsGoneUntilItIsServedAgain() {
        platform.must("models", "unserve", Platform.CHAT_MODEL);
        Api.Answer refused = platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello"));
        assertNotEquals(200, refused.status());
        platform.must("models", "serve", Platform.CHAT_MODEL);
        platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    @Test
    @Order(11)
    void downEndsWhatUpStartedAndNothingElse() throws Exception {
        List<ProcessHandle> own = List.of(platform.process("worker-1"), platform.process("gateway"));
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            platform.must("down");
            own.forEach(process -> assertFalse(Platform.runs(process)));
            assertEquals(List.of(), platform.incidents());
            assertTrue(other.isAlive());
            assertTrue(platform.must("down").out().contains("not running"));
            assertFalse(platform.must("status", "--json").json().path("running").asBoolean());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    @Order(12)
    void aSecondStartNeedsNothingFetched() {
        long begin = System.nanoTime();
        Platform.Outcome up = platform.must("up", "--http-port", "0");
        platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 1)).ok();
        System.out.printf("second up to first token: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
        assertFalse(up.err().contains("stored after"), up.err());
        platform.must("down");
    }

    @Test
    @Order(13)
    void inTheForegroundItEndsWithItsCommand() throws Exception {
        Process command = platform.start(Map.of(), "up", "--http-port", "0", "--foreground");
        Eventually.holds("the platform", Duration.ofSeconds(180), () -> {
            try {
                return Files.readString(platform.home().resolve("test.out")).contains("Altiplano is up");
            } catch (IOException notYet) {
                return false;
            }
        });
        List<ProcessHandle> own = command.children().toList();
        assertEquals(2, own.size());
        command.destroy();
        assertTrue(command.waitFor(120, TimeUnit.SECONDS));
        own.forEach(process -> assertFalse(Platform.runs(process)));
        assertFalse(platform.must("status", "--json").json().path("running").asBoolean());
    }

    private static void assertAnswersTheQuestion(String answer) {
        assertTrue(answer.contains("France") || answer.contains("Paris"), answer);
    }

    /** Runs the curl line of an output in a shell, as if pasted, and puts the streamed pieces together. */
    private static String pasted(String output) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", output.substring(output.indexOf("curl "))).start();
        List<JsonNode> events = shell.inputReader().lines().filter(line -> line.startsWith("data: {"))
                .map(line -> Platform.tree(line.substring(6))).toList();
        assertTrue(shell.waitFor(60, TimeUnit.SECONDS));
        return Api.text(events);
    }
}
