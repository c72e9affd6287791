package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.TorchModelRunner;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real model through everything under the contract: import, tokenizer, template, scheduler, model program, text. */
class SmolLm2EngineTest {

    private static final String MODEL = "smollm2";
    /** KV memory of SmolLM2-135M in fp32: keys and values of 30 layers, 3 heads of 64. */
    private static final long KV_BYTES_PER_TOKEN = 2L * 30 * 3 * 64 * Float.BYTES;

    @TempDir
    private static Path home;
    private static ModelStore store;
    private static EngineHost host;

    @BeforeAll
    static void servesTheModelInSinglePrecision() throws IOException {
        store = new ModelStore(home);
        store.importModel(new ImportRequest(SmolLm2.gguf(), MODEL, Dtype.FP32, Optional.of("chatml")), Progress.NONE);
        host = serving(16_384);
    }

    @AfterAll
    static void frees() {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void greedyAnswersAreTheRecordedOnesThoughAllRunTogether() throws IOException {
        JsonNode chats = new ObjectMapper().readTree(Golden.path("smollm2/chat.json").toFile()).get("chats");
        List<RecordingListener> heard = new ArrayList<>();
        for (JsonNode chat : chats) {
            heard.add(submitted(host, new Prompt.Chat(messages(chat)), SamplingParams.GREEDY, chat.get("greedy").size()));
        }
        for (int i = 0; i < chats.size(); i++) {
            compare(chats.get(i), heard.get(i));
        }
    }

    @Test
    void seededAnswersAreTheSameAloneAndInCompanyAndAfterPreemption() throws IOException {
        Prompt prompt = new Prompt.Chat(List.of(new Message(Message.Role.USER, "Tell me a story about a mountain, a river and a 🦙.")));
        List<RecordingListener> alone = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            alone.add(submitted(host, prompt, seeded(seed), 48));
            alone.get(seed).awaitTerminal();
        }
        assertTrue(alone.stream().map(RecordingListener::tokenIds).distinct().count() > 1, "seeds differ");
        try (EngineHost small = serving(256)) {
            List<RecordingListener> together = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                together.add(submitted(small, prompt, seeded(i % 4), 48));
            }
            for (int i = 0; i < 8; i++) {
                assertInstanceOf(Finished.class, together.get(i).awaitTerminal());
                assertEquals(alone.get(i % 4).tokenIds(), together.get(i).tokenIds());
                assertEquals(alone.get(i % 4).text(), together.get(i).text());
            }
            assertTrue(status(small).preemptionsTotal() > 0, "memory did run out");
        }
    }

    @Test
    void theStreamedTextIsTheTextOfTheTokens() {
        RecordingListener heard = submitted(host, new Prompt.Text("Emoji: 🦙😀🇵🇪 \"日本語\" - é", true), seeded(3), 60);
        heard.awaitTerminal();
        int[] ids = heard.tokenIds().stream().mapToInt(Integer::intValue).toArray();
        assertEquals(host.detokenize(MODEL, ids).toCompletableFuture().join(), heard.text());
    }

    private static void compare(JsonNode chat, RecordingListener heard) {
        int[] prompt = StreamSupport.stream(chat.get("prompt_ids").spliterator(), false).mapToInt(JsonNode::asInt).toArray();
        assertArrayEquals(prompt, ((Accepted) heard.events().get(0)).promptTokens());
        Finished end = assertInstanceOf(Finished.class, heard.awaitTerminal());
        List<Integer> greedy = StreamSupport.stream(chat.get("greedy").spliterator(), false).map(step -> step.get("id").asInt()).toList();
        assertEquals(greedy, heard.tokenIds());
        assertEquals(chat.get("text").asText(), heard.text());
        assertEquals(chat.get("stopped_by_eos").asBoolean() ? FinishReason.STOP : FinishReason.LENGTH, end.reason());
        List<Token> tokens = heard.events().stream().filter(TokenChunk.class::isInstance)
                .flatMap(event -> ((TokenChunk) event).tokens().stream()).toList();
        for (int i = 0; i < tokens.size(); i++) {
            JsonNode top = chat.get("greedy").get(i).path("top_logprobs");
            for (int j = 0; j < top.size(); j++) {
                Token.Candidate candidate = tokens.get(i).logprob().orElseThrow().top().get(j);
                assertEquals(top.get(j).get(1).asDouble(), candidate.logprob(), 1e-3);
            }
        }
    }

    private static List<Message> messages(JsonNode chat) {
        return StreamSupport.stream(chat.get("messages").spliterator(), false)
                .map(message -> new Message(Message.Role.valueOf(message.get("role").asText().toUpperCase(Locale.ROOT)),
                        message.get("content").asText())).toList();
    }

    private static SamplingParams seeded(long seed) {
        return new SamplingParams(1, 0.95, 0, 0, 0, 0, 1, Map.of(), OptionalLong.of(seed));
    }

    private static EngineHost serving(int kvTokens) {
        EngineHost serving = EngineHost.create(StoredModels.of(store),
                (model, progress) -> TorchModelRunner.load(model.manifest().config(), model.manifest().dtype(), model.weights(),
                        kvTokens * KV_BYTES_PER_TOKEN, progress),
                new EngineSettings(16, 256, 64, Duration.ofMillis(250)), "test");
        serving.serve(MODEL);
        while (status(serving).state() == ModelState.LOADING) {
            sleep();
        }
        assertEquals(ModelState.SERVING, status(serving).state(), status(serving).detail());
        return serving;
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelStatus status(EngineHost serving) {
        return serving.status().models().get(0);
    }

    private static RecordingListener submitted(EngineHost engines, Prompt prompt, SamplingParams sampling, int maxTokens) {
        RecordingListener listener = new RecordingListener();
        engines.submit(new GenerationRequest("s", MODEL, prompt, sampling,
                new StopConditions(OptionalInt.of(maxTokens), 0, List.of(), Set.of(), false),
                new OutputOptions(OptionalInt.of(5), false), CacheSalt.PUBLIC, FairShare.SINGLE), listener);
        return listener;
    }
}
