package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.altiplano.contract.Eventually;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many streams at once, and clients that go away or stop reading. */
@ExtendWith(SharedPlatform.class)
class StreamsIT {

    private static final int STREAMS = 64;
    /** One second, what the workers' reports lag behind, and what a busy machine takes; the generations go on for longer. */
    private static final Duration FREED = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(30);

    private Api api;

    @BeforeEach
    void waitsForAnIdleWorker(Platform platform) {
        api = platform.api();
        Eventually.holds("an idle worker", SOON, () -> load() == 0);
    }

    @Test
    void sixtyFourStreamsAreServedAndNoneStarves() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(STREAMS);
        try {
            List<Future<Stream>> streams = new ArrayList<>();
            for (int index = 0; index < STREAMS; index++) {
                ObjectNode request = Api.chat(Platform.CHAT_MODEL, "Tell me about the number " + index + ".")
                        .put("stream", true).put("max_tokens", 32).put("ignore_eos", true);
                request.putObject("stream_options").put("include_usage", true);
                streams.add(clients.submit(() -> Stream.read(api, request)));
            }
            double slowest = 0;
            for (Future<Stream> future : streams) {
                Stream stream = future.get(120, TimeUnit.SECONDS);
                assertEquals(32, stream.tokens());
                assertFalse(stream.text().isEmpty());
                slowest = Math.max(slowest, stream.firstTokenSeconds());
            }
            System.out.printf("64 streams: slowest first token %.1f s%n", slowest);
            assertTrue(slowest < 60, "a stream waited " + slowest + " s for its first token");
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void aStreamEqualsTheSameRequestAlone() throws Exception {
        ObjectNode request = Api.chat(Platform.CHAT_MODEL, "Tell me a story.").put("stream", true).put("seed", 5)
                .put("temperature", 0.8).put("max_tokens", 24);
        String alone = Stream.read(api, request).text();
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<Stream>> together = new ArrayList<>();
            for (int index = 0; index < 8; index++) {
                ObjectNode other = request.deepCopy().put("seed", index % 2 == 0 ? 5 : 100 + index);
                together.add(clients.submit(() -> Stream.read(api, other)));
            }
            for (int index = 0; index < 8; index += 2) {
                assertEquals(alone, together.get(index).get(60, TimeUnit.SECONDS).text());
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatGoesAwayFreesItsSlot(boolean streaming, Platform platform) throws Exception {
        Socket client = send(platform, longRequest(streaming));
        Eventually.holds("a running generation", SOON, () -> api.running(Platform.CHAT_MODEL) == 1);
        client.close();
        Eventually.holds("the slot's freedom", FREED, () -> load() == 0);
    }

    @Test
    void aClientThatGoesAwayWhileQueuedLeavesTheQueue(Platform platform) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            while (api.queued(Platform.CHAT_MODEL) < 4 && clients.size() < 400) {
                clients.add(send(platform, longRequest(clients.size() % 2 == 0)));
            }
            assertTrue(api.queued(Platform.CHAT_MODEL) >= 4, "nothing queues behind " + clients.size() + " requests");
            // Workers report twice a second: only now do they tell of all.
            Eventually.holds("all requests being known", SOON, () -> load() == clients.size());
            for (Socket client : clients.subList(clients.size() - 4, clients.size())) {
                client.close();
            }
            Eventually.holds("a shorter queue", FREED, () -> load() == clients.size() - 4);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        Eventually.holds("an idle worker", SOON, () -> load() == 0);
    }

    @Test
    void aFullQueueRefusesWithATimeToComeBackAndEmptiesAgain(Platform platform) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int known = 128; known <= 512; known += 128) {
                clients.add(send(platform, "/v1/completions", crowd()));
                int all = known;
                Eventually.holds(all + " generations", SOON, () -> load() == all);
            }
            // At most 64 of the 512 run: there is no room for 128 more.
            Api.Answer refused = api.post("/v1/completions", crowd());
            assertEquals(429, refused.status(), refused.body()::toString);
            assertEquals("queue_full", refused.body().path("error").path("code").asText());
            assertEquals("1", refused.retryAfter().orElseThrow());
            Eventually.holds("nothing left of what was refused", SOON, () -> load() == 512);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        Eventually.holds("an idle worker", SOON, () -> load() == 0);
        api.post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    @Test
    void aClientThatStopsReadingIsGivenUpAndOthersAreNotAffected(Platform platform) throws Exception {
        ObjectNode flood = longRequest(true).put("n", 8).put("logprobs", true).put("top_logprobs", 20);
        try (Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(4096);
            deaf.connect(new InetSocketAddress("127.0.0.1", platform.port()));
            write(platform, deaf, "/v1/chat/completions", flood);
            Eventually.holds("running generations", SOON, () -> api.running(Platform.CHAT_MODEL) == 8);
            assertFalse(Stream.read(api, Api.chat(Platform.CHAT_MODEL, "Hello").put("stream", true)
                    .put("max_tokens", 16)).text().isEmpty());
            Eventually.holds("the deaf reader's slot", Duration.ofSeconds(60), () -> load() == 0);
            int read = 0;
            try (InputStream rest = deaf.getInputStream()) {
                for (int count = rest.read(new byte[65536]); count > 0; count = rest.read(new byte[65536])) {
                    read += count;
                }
            } catch (IOException reset) {
                // Given up by the gateway: as expected.
            }
            assertTrue(read > 0);
        }
    }

    private int load() {
        return api.running(Platform.CHAT_MODEL) + api.queued(Platform.CHAT_MODEL);
    }

    private static ObjectNode longRequest(boolean streaming) {
        return Api.chat(Platform.CHAT_MODEL, "Count to a million.").put("stream", streaming).put("max_tokens", 6000)
                .put("ignore_eos", true);
    }

    /** 128 prompts, the most that one request may hold. */
    private static ObjectNode crowd() {
        ObjectNode request = Api.object().put("model", Platform.CHAT_MODEL).put("stream", true).put("max_tokens", 2000)
                .put("ignore_eos", true);
        var prompts = request.putArray("prompt");
        for (int number = 0; number < 128; number++) {
            prompts.add("Count to a million.");
        }
        return request;
    }

    private static Socket send(Platform platform, ObjectNode request) throws IOException {
        return send(platform, "/v1/chat/completions", request);
    }

    private static Socket send(Platform platform, String path, ObjectNode request) throws IOException {
        var socket = new Socket("127.0.0.1", platform.port());
        write(platform, socket, path, request);
        return socket;
    }

    private static void write(Platform platform, Socket socket, String path, ObjectNode request) throws IOException {
        byte[] body = request.toString().getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + platform.key() + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
    }

    /** A stream, read to its end. */
    private record Stream(String text, int tokens, double firstTokenSeconds) {

        static Stream read(Api api, JsonNode request) {
            long begin = System.nanoTime();
            double[] first = {-1};
            List<JsonNode> events = api.stream(request, event -> {
                if (first[0] < 0 && !event.path("choices").path(0).path("delta").path("content").asText("").isEmpty()) {
                    first[0] = (System.nanoTime() - begin) / 1e9;
                }
            });
            return new Stream(Api.text(events), events.get(events.size() - 1).path("usage").path("completion_tokens")
                    .asInt(), first[0]);
        }
    }
}
