package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Killed processes: clients are told at once, the rest goes on, the next up repairs. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {

    /** A fraction of a second where the machine has nothing else to do. */
    private static final Duration TOLD = Duration.ofSeconds(10);

    private static Platform platform;

    @BeforeAll
    static void startsTwoWorkers() {
        String gguf = SmolLm2.gguf().toString();
        platform = Platform.named("faults");
        platform.must("models", "import", gguf, "--name", Platform.CHAT_MODEL);
        platform.must("up", "--http-port", "0", "--workers", "2");
    }

    @AfterAll
    static void endsEverything() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    @Order(1)
    void bothWorkersTakeRequests() {
        Api api = platform.api();
        List<CompletableFuture<List<JsonNode>>> answers = new ArrayList<>();
        for (int index = 0; index < 8; index++) {
            answers.add(CompletableFuture.supplyAsync(() -> api.stream(endless().put("max_tokens", 40), event -> { })));
        }
        answers.forEach(CompletableFuture::join);
        Eventually.holds("work on both workers", () -> api.held(Platform.CHAT_MODEL)
                .filter(held -> held.path("generatedTokensTotal").asLong() > 0).count() == 2);
    }

    @Test
    @Order(2)
    void theStreamsOfAKilledWorkerGoOnAtTheOther() throws Exception {
        Api api = platform.api();
        List<CompletableFuture<List<JsonNode>>> streams = new ArrayList<>();
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        for (int index = 0; index < 6; index++) {
            var first = new CompletableFuture<Void>();
            begun.add(first);
            ObjectNode request = endless().put("max_tokens", 300);
            request.putObject("stream_options").put("include_usage", true);
            streams.add(CompletableFuture.supplyAsync(() -> api.stream(request, event -> first.complete(null))));
        }
        for (CompletableFuture<Void> first : begun) {
            first.get(60, TimeUnit.SECONDS);
        }
        assertTrue(platform.process("worker-2").destroyForcibly());
        for (CompletableFuture<List<JsonNode>> stream : streams) {
            List<JsonNode> events = stream.get(120, TimeUnit.SECONDS);
            assertTrue(events.stream().noneMatch(event -> event.has("error")), () -> events.get(events.size() - 1).toString());
            assertEquals(300, events.get(events.size() - 1).path("usage").path("completion_tokens").asInt());
            assertEquals(1, events.stream().filter(event -> event.path("choices").path(0).path("delta").has("role")).count());
        }
    }

    @Test
    @Order(3)
    void theClientsOfTheLastWorkerAreToldWhenItIsKilled() throws Exception {
        Api api = platform.api();
        var first = new CompletableFuture<Void>();
        CompletableFuture<List<JsonNode>> stream = CompletableFuture.supplyAsync(
                () -> api.stream(endless(), event -> first.complete(null)));
        first.get(60, TimeUnit.SECONDS);
        assertTrue(platform.process("worker-1").destroyForcibly());
        Duration took = Eventually.holds("the client of the killed worker being told", TOLD, stream::isDone);
        System.out.println("worker killed, client told after " + took.toMillis() + " ms");
        List<JsonNode> events = stream.get();
        JsonNode last = events.get(events.size() - 1);
        assertFalse(last.path("error").path("message").asText().isEmpty(), last::toString);
        Api.Answer refused = api.post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello"));
        assertEquals(503, refused.status());
        assertTrue(refused.retryAfter().isPresent());
    }

    @Test
    @Order(4)
    void statusNamesTheDeadWorkersAndUpStartsThemAgain() {
        assertTrue(platform.must("status").out().matches("(?s).*worker-1 +\\d+ +ended by itself.*worker-2 +\\d+ +ended by itself.*"));
        long gateway = platform.process("gateway").pid();
        Platform.Outcome up = platform.must("up");
        assertTrue(up.err().contains("worker-1 has ended by itself") && up.err().contains("worker-2 has ended by itself"), up.err());
        assertTrue(Platform.runs(platform.process("worker-1")) && Platform.runs(platform.process("worker-2")));
        assertEquals(gateway, platform.process("gateway").pid());
    }

    @Test
    @Order(5)
    void aKilledGatewayFreesTheWorkersSlotsAndUpStartsItAgain() throws Exception {
        Api api = platform.api();
        var first = new CompletableFuture<Void>();
        CompletableFuture<List<JsonNode>> stream = CompletableFuture.supplyAsync(
                () -> api.stream(endless(), event -> first.complete(null)));
        first.get(60, TimeUnit.SECONDS);
        List<Long> workers = List.of(platform.process("worker-1").pid(), platform.process("worker-2").pid());
        platform.process("gateway").destroyForcibly();
        ExecutionException broken = assertThrows(ExecutionException.class, () -> stream.get(60, TimeUnit.SECONDS));
        assertInstanceOf(UncheckedIOException.class, broken.getCause(), "its client is told that the answer is not whole");
        platform.must("up", "--http-port", "0");
        assertEquals(workers, List.of(platform.process("worker-1").pid(), platform.process("worker-2").pid()));
        assertEquals(0, platform.api().running(Platform.CHAT_MODEL));
        platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    @Test
    @Order(6)
    void everythingKilledComesUpAgain() {
        for (String name : List.of("worker-1", "worker-2", "gateway")) {
            platform.process(name).destroyForcibly();
        }
        platform.must("up", "--http-port", "0");
        platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    private static ObjectNode endless() {
        return Api.chat(Platform.CHAT_MODEL, "Count to a million.").put("stream", true).put("max_tokens", 4000)
                .put("ignore_eos", true);
    }
}
