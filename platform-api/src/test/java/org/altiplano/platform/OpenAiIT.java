package org.altiplano.platform;

import static org.altiplano.platform.Gateway.get;
import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.post;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.altiplano.contract.Eventually;
import org.altiplano.security.apikey.ApiKey;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The inference API of the real application, on a real Open Liberty with a real worker of the grid behind it. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class OpenAiIT {

    private static final String HELLO = "Hello, wörld!";
    private static final String CHAT = "/v1/chat/completions";
    private static final String TEXT = "/v1/completions";

    private static Gateway gateway;

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("gateway.war");
    }

    @BeforeEach
    void worker() {
        if (gateway == null) {
            gateway = new Gateway("worker-1");
        }
    }

    @AfterEach
    void nothingIsLeftRunning() {
        for (String model : List.of("slow", "huge", "silent")) {
            Eventually.holds("no generation is left on " + model, () -> gateway.models.running(model) == 0);
        }
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    @Test
    void answersAChatAsAWhole() {
        JsonObject answer = chat("fast", "");
        assertTrue(answer.getString("id").startsWith("chatcmpl-"));
        assertEquals("chat.completion", answer.getString("object"));
        assertEquals("fast", answer.getString("model"));
        assertTrue(answer.getJsonNumber("created").longValue() > 1_700_000_000L);
        JsonObject choice = answer.getJsonArray("choices").getJsonObject(0);
        assertEquals("stop", choice.getString("finish_reason"));
        assertEquals(JsonValue.NULL, choice.get("logprobs"));
        assertEquals(json("{\"role\":\"assistant\",\"content\":\"" + HELLO + "\",\"refusal\":null}"), choice.getJsonObject("message"));
        assertEquals(2, answer.getJsonObject("usage").getInt("prompt_tokens"));
        assertEquals(5, answer.getJsonObject("usage").getInt("completion_tokens"));
        assertEquals(7, answer.getJsonObject("usage").getInt("total_tokens"));
    }

    @Test
    void streamsAChatWithRoleFirstThenTextThenReasonThenUsage() {
        HttpResponse<String> response = send(post(CHAT, body("fast", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")));
        assertEquals(200, response.statusCode());
        assertTrue(response.headers().firstValue("Content-Type").orElseThrow().startsWith("text/event-stream"));
        List<JsonObject> chunks = chunks(response.body());
        assertTrue(response.body().endsWith("data: [DONE]\n\n"));
        assertEquals("assistant", delta(chunks.get(0)).getString("role"));
        assertEquals(HELLO, text(chunks));
        assertEquals("stop", choice(chunks.get(chunks.size() - 2)).getString("finish_reason"));
        JsonObject last = chunks.get(chunks.size() - 1);
        assertTrue(last.getJsonArray("choices").isEmpty());
        assertEquals(5, last.getJsonObject("usage").getInt("completion_tokens"));
        chunks.subList(0, chunks.size() - 1).forEach(chunk -> assertEquals(JsonValue.NULL, chunk.get("usage")));
        assertEquals(1, chunks.stream().map(chunk -> chunk.getString("id")).distinct().count());
    }

    @Test
    void leavesUsageOutOfAStreamThatDidNotAskForIt() {
        List<JsonObject> chunks = chunks(send(post(CHAT, body("fast", ",\"stream\":true"))).body());
        assertTrue(chunks.stream().noneMatch(chunk -> chunk.containsKey("usage")));
    }

    @Test
    void answersSeveralChoicesAndCountsThePromptOnce() {
        JsonObject answer = chat("fast", ",\"n\":3,\"max_completion_tokens\":2");
        JsonArray choices = answer.getJsonArray("choices");
        assertEquals(3, choices.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(i, choices.getJsonObject(i).getInt("index"));
            assertEquals("Hello", choices.getJsonObject(i).getJsonObject("message").getString("content"));
            assertEquals("length", choices.getJsonObject(i).getString("finish_reason"));
        }
        assertEquals(2, answer.getJsonObject("usage").getInt("prompt_tokens"));
        assertEquals(6, answer.getJsonObject("usage").getInt("completion_tokens"));
    }

    @Test
    void streamsSeveralChoicesSideBySide() {
        List<JsonObject> chunks = chunks(send(post(CHAT, body("fast", ",\"stream\":true,\"n\":2"))).body());
        for (int index = 0; index < 2; index++) {
            int wanted = index;
            assertEquals(HELLO, text(chunks.stream().filter(chunk -> choice(chunk).getInt("index") == wanted).toList()));
        }
    }

    @Test
    void tellsLogprobsWithBytesAndTokenIds() {
        JsonObject answer = chat("fast", ",\"logprobs\":true,\"top_logprobs\":1,\"return_token_ids\":true");
        JsonObject choice = answer.getJsonArray("choices").getJsonObject(0);
        JsonObject fourth = choice.getJsonObject("logprobs").getJsonArray("content").getJsonObject(3);
        assertEquals("wörld", fourth.getString("token"));
        assertEquals(-0.5, fourth.getJsonNumber("logprob").doubleValue());
        assertEquals(List.of(119, 195, 182, 114, 108, 100), ints(fourth.getJsonArray("bytes")));
        assertEquals("wörld", fourth.getJsonArray("top_logprobs").getJsonObject(0).getString("token"));
        assertEquals(List.of(0, 1, 2, 3, 4), ints(choice.getJsonArray("token_ids")));
        assertEquals(List.of(104, 105), ints(answer.getJsonArray("prompt_token_ids")));
    }

    @Test
    void completesAListOfPromptsInOrderWithEchoAndLogprobs() {
        JsonObject answer = json(send(post(TEXT,
                "{\"model\":\"fast\",\"prompt\":[\"ab\",\"c\"],\"n\":2,\"max_tokens\":2,\"echo\":true,\"logprobs\":1}")).body());
        assertEquals("text_completion", answer.getString("object"));
        JsonArray choices = answer.getJsonArray("choices");
        assertEquals(List.of("abHello", "abHello", "cHello", "cHello"),
                choices.getValuesAs(JsonObject.class).stream().map(choice -> choice.getString("text")).toList());
        JsonObject logprobs = choices.getJsonObject(0).getJsonObject("logprobs");
        assertEquals(4, logprobs.getJsonArray("tokens").size());
        assertEquals(JsonValue.NULL, logprobs.getJsonArray("token_logprobs").get(0));
        assertEquals(List.of(0, 1, 2, 5), ints(logprobs.getJsonArray("text_offset")));
        assertEquals(3, answer.getJsonObject("usage").getInt("prompt_tokens"));
    }

    @Test
    void echoesAPromptWithoutAnAnswer() {
        JsonObject answer = json(send(post(TEXT, "{\"model\":\"fast\",\"prompt\":[97,98],\"max_tokens\":0,\"echo\":true}")).body());
        assertEquals("ab", answer.getJsonArray("choices").getJsonObject(0).getString("text"));
        assertEquals("length", answer.getJsonArray("choices").getJsonObject(0).getString("finish_reason"));
        assertEquals(0, answer.getJsonObject("usage").getInt("completion_tokens"));
    }

    @Test
    void streamsACompletion() {
        String body = send(post(TEXT, "{\"model\":\"fast\",\"prompt\":\"ab\",\"stream\":true,\"return_token_ids\":true}")).body();
        List<JsonObject> chunks = chunks(body);
        assertEquals(HELLO, String.join("", chunks.stream().map(chunk -> choice(chunk).getString("text")).toList()));
        assertEquals(List.of(97, 98), ints(choice(chunks.get(0)).getJsonArray("prompt_token_ids")));
        assertEquals(List.of(0, 1, 2, 3, 4),
                chunks.stream().flatMap(chunk -> ints(choice(chunk).getJsonArray("token_ids")).stream()).toList());
    }

    @Test
    void listsTheModelsThatAnswer() {
        JsonArray data = json(send(get("/v1/models")).body()).getJsonArray("data");
        List<String> names = data.getValuesAs(JsonObject.class).stream().map(model -> model.getString("id")).toList();
        assertTrue(names.contains("fast") && !names.contains("absent"), names.toString());
        assertEquals("model", json(send(get("/v1/models/fast")).body()).getString("object"));
        assertError(send(get("/v1/models/absent")), 404, "model", "model_not_found");
    }

    @Test
    void tokenizesAndDetokenizes() {
        JsonObject tokens = json(send(post("/v1/tokenize", "{\"model\":\"fast\",\"prompt\":\"hi\"}")).body());
        assertEquals(List.of(104, 105), ints(tokens.getJsonArray("tokens")));
        assertEquals(2, tokens.getInt("count"));
        assertEquals(100_000, tokens.getInt("max_model_len"));
        assertEquals("hi", json(send(post("/v1/detokenize", "{\"model\":\"fast\",\"tokens\":[104,105]}")).body()).getString("prompt"));
        assertError(send(post("/v1/tokenize", "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")), 400,
                "messages", "chat_not_supported");
        assertError(send(post("/v1/tokenize", "{\"model\":\"nobody\",\"prompt\":\"hi\"}")), 404, "model", "model_not_found");
        assertError(send(post("/v1/tokenize", "{\"model\":\"broken\",\"prompt\":\"hi\"}")), 400, "prompt", "invalid_prompt");
        assertError(send(post("/v1/detokenize", "{\"model\":\"broken\",\"tokens\":[7]}")), 400, "tokens", "invalid_prompt");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void tellsErrorsByStatusBeforeAStreamBegins(boolean stream) {
        String options = ",\"stream\":" + stream;
        assertError(send(post(CHAT, body("nobody", options))), 404, "model", "model_not_found");
        HttpResponse<String> full = send(post(CHAT, body("full", options)));
        assertError(full, 429, null, "queue_full");
        assertEquals("1", full.headers().firstValue("Retry-After").orElseThrow());
        HttpResponse<String> absent = send(post(CHAT, body("absent", options)));
        assertError(absent, 503, null, "no_worker");
        assertTrue(absent.headers().firstValue("Retry-After").isPresent());
        HttpResponse<String> tooLong = send(post(CHAT, "{\"model\":\"short\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "x".repeat(20) + "\"}]" + options + "}"));
        assertError(tooLong, 400, "messages", "context_length_exceeded");
        assertTrue(tooLong.body().contains("16") && tooLong.body().contains("20"), tooLong.body());
    }

    @Test
    void namesThePromptWhereACompletionIsTooLong() {
        assertError(send(post(TEXT, "{\"model\":\"short\",\"prompt\":\"" + "x".repeat(20) + "\"}")), 400, "prompt", "context_length_exceeded");
    }

    @Test
    void tellsAFailureInsideAStreamAndEndsIt() {
        List<JsonObject> chunks = chunks(send(post(CHAT, body("broken", ",\"stream\":true"))).body());
        JsonObject error = chunks.get(chunks.size() - 1).getJsonObject("error");
        assertEquals("engine_failed", error.getString("code"));
        assertError(send(post(CHAT, body("broken", ""))), 500, null, "engine_failed");
    }

    @Test
    void refusesWithThePathOfTheParameterAtFault() {
        assertError(send(post(CHAT, body("fast", ",\"temperature\":3"))), 400, "temperature", "invalid_value");
        assertError(send(post(CHAT, body("fast", ",\"top_p\":NaN"))), 400, "top_p", "invalid_value");
        assertError(send(post(CHAT, body("fast", ",\"tools\":[{\"type\":\"function\"}]"))), 400, "tools", "unsupported_parameter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"model\":", "nonsense"})
    void refusesWhatIsNotAJsonObject(String body) {
        assertError(send(post(CHAT, body)), 400, null, null);
    }

    @Test
    void refusesABodyOverTheLimitHoweverItIsFramed() {
        String large = body("fast", ",\"user\":\"" + "x".repeat(4 * 1024 * 1024) + "\"");
        assertError(send(post(CHAT, large)), 413, null, null);
        HttpRequest.Builder chunked = get(CHAT).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))));
        assertError(send(chunked), 413, null, null);
    }

    @Test
    void refusesOtherMethodsTypesAndAddressesInTheSameShape() {
        assertError(send(get(CHAT)), 405, null, null);
        assertError(send(get("/v1/nothing")), 404, null, null);
        assertError(send(get(CHAT).header("Content-Type", "text/plain").POST(HttpRequest.BodyPublishers.ofString("{}"))), 415, null, null);
    }

    /** Open Liberty decodes the address before it knows the application, which therefore cannot shape this one error. */
    @Test
    void anAddressWithABrokenEscapeIsRefusedByTheServer() throws IOException {
        String response = Gateway.raw("GET /v1/models/%zz HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                + "Connection: close\r\n\r\n");
        assertTrue(response.startsWith("HTTP/1.1 400 "), response);
        assertTrue(response.contains("{\"error_message\""), response);
        assertFalse(response.contains("Exception"), response);
    }

    @Test
    void answersEveryBadKeyWithTheSameBytes() {
        String unknown = "llmk_local_TESTkey00009_ForTheTestsOfTheGatewayOnlyNotASecretAtAll0_" + "00000000";
        List<HttpResponse<String>> responses = List.of(send(plain("/v1/models")), send(bearer("")), send(bearer("nonsense")),
                send(bearer(unknown)), send(bearer(ApiKey.generate("local", new SecureRandom()).text())), send(plain("/v1/models").header("Authorization", "Basic YTpi")),
                send(plain("/v1/nothing")),
                send(plain("/v1/models?api_key=" + Gateway.KEY)));
        for (HttpResponse<String> response : responses) {
            assertError(response, 401, null, "invalid_api_key");
            assertEquals(responses.get(0).body(), response.body());
            assertTrue(response.headers().firstValue("WWW-Authenticate").orElseThrow().startsWith("Bearer"));
        }
    }

    @Test
    void freesTheSlotOfAStreamWhoseClientGoesAway() throws IOException {
        Duration took = freed("slow", Gateway.open(CHAT, body("slow", ",\"stream\":true"), 0));
        System.out.println("Slot of a stream freed after " + took.toMillis() + " ms.");
    }

    @Test
    void freesTheSlotOfAWholeAnswerWhoseClientGoesAway() throws IOException {
        Duration took = freed("slow", Gateway.open(CHAT, body("slow", ""), 0));
        System.out.println("Slot of a whole answer freed after " + took.toMillis() + " ms.");
    }

    @Test
    void freesThePlaceInTheQueueOfAClientThatGoesAway() throws IOException {
        freed("silent", Gateway.open(CHAT, body("silent", ",\"stream\":true"), 0));
        freed("silent", Gateway.open(CHAT, body("silent", ""), 0));
    }

    @Test
    void freesTheSlotOfAClientThatBreaksTheConnection() throws IOException {
        Socket socket = Gateway.open(CHAT, body("silent", ""), 0);
        socket.setSoLinger(true, 0);
        freed("silent", socket);
    }

    @Test
    void givesUpAReaderThatStopsReadingAndLeavesOthersAlone() throws IOException {
        try (Socket stopped = Gateway.open(CHAT, body("huge", ",\"stream\":true"), 16 * 1024)) {
            Eventually.holds("the stream runs", () -> gateway.models.running("huge") == 1);
            CompletableFuture<JsonObject> other = CompletableFuture.supplyAsync(() -> chat("slow", ",\"max_tokens\":300"));
            Duration took = Eventually.holds("the stopped reader's slot is freed", Duration.ofSeconds(60), () -> gateway.models.running("huge") == 0);
            System.out.println("Slot of a stopped reader freed after " + took.toMillis() + " ms.");
            assertEquals(300, other.join().getJsonObject("usage").getInt("completion_tokens"));
            assertFalse(stopped.isClosed());
        }
    }

    @Test
    void sendsCommentsWhileNothingComes() throws IOException {
        try (Socket socket = Gateway.open(CHAT, body("silent", ",\"stream\":true"), 0)) {
            InputStream in = socket.getInputStream();
            StringBuilder read = new StringBuilder();
            while (!read.toString().contains(": waiting")) {
                int next = in.read();
                assertNotEquals(-1, next, "the stream ended: " + read);
                read.append((char) next);
            }
            assertTrue(read.toString().startsWith("HTTP/1.1 200"), read.toString());
        }
    }

    @Test
    void servesManyStreamsAtOnce() {
        List<CompletableFuture<HttpResponse<String>>> streams = IntStream.range(0, 64)
                .mapToObj(i -> Gateway.sendLater(post(CHAT, body("slow", ",\"stream\":true,\"max_tokens\":50")))).toList();
        for (CompletableFuture<HttpResponse<String>> stream : streams) {
            HttpResponse<String> response = stream.join();
            assertEquals(200, response.statusCode());
            assertEquals("word ".repeat(50), text(chunks(response.body())));
        }
    }

    @Test
    void outlivesThirtySecondsWithoutAToken() throws IOException, InterruptedException {
        Socket whole = Gateway.open(CHAT, body("silent", ""), 0);
        Socket stream = Gateway.open(CHAT, body("silent", ",\"stream\":true"), 0);
        Eventually.holds("both run", () -> gateway.models.running("silent") == 2);
        Thread.sleep(33_000);
        assertEquals(2, gateway.models.running("silent"));
        whole.close();
        stream.close();
    }

    private Duration freed(String model, Socket socket) throws IOException {
        Eventually.holds("the generation runs", () -> gateway.models.running(model) == 1);
        socket.close();
        return Eventually.holds("the slot is freed", () -> gateway.models.running(model) == 0);
    }

    private static JsonObject chat(String model, String options) {
        HttpResponse<String> response = send(post(CHAT, body(model, options)));
        assertEquals(200, response.statusCode(), response.body());
        return json(response.body());
    }

    private static String body(String model, String options) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" + options + "}";
    }

    private static HttpRequest.Builder bearer(String key) {
        return plain("/v1/models").header("Authorization", "Bearer " + key);
    }

    private static List<JsonObject> chunks(String body) {
        return body.lines().filter(line -> line.startsWith("data: {")).map(line -> json(line.substring(6))).toList();
    }

    private static JsonObject choice(JsonObject chunk) {
        return chunk.getJsonArray("choices").getJsonObject(0);
    }

    private static JsonObject delta(JsonObject chunk) {
        return choice(chunk).getJsonObject("delta");
    }

    private static String text(List<JsonObject> chunks) {
        StringBuilder text = new StringBuilder();
        chunks.stream().filter(chunk -> !chunk.getJsonArray("choices").isEmpty())
                .forEach(chunk -> text.append(delta(chunk).getString("content", "")));
        return text.toString();
    }

    private static List<Integer> ints(JsonArray array) {
        return array.getValuesAs(JsonNumber.class).stream().map(JsonNumber::intValue).toList();
    }

    private static void assertError(HttpResponse<String> response, int status, String param, String code) {
        assertEquals(status, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("application/json"), response.headers().toString());
        JsonObject error = json(response.body()).getJsonObject("error");
        assertFalse(error.getString("message").isEmpty());
        assertFalse(error.getString("type").isEmpty());
        assertEquals(param, error.isNull("param") ? null : error.getString("param"));
        assertEquals(code, error.isNull("code") ? null : error.getString("code"));
    }
}
