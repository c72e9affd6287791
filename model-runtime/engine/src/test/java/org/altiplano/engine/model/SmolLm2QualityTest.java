package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;
import org.altiplano.engine.store.SmolLm2;
import org.altiplano.engine.store.StoredModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the formats cost a real model, beside recorded chats that were computed in float32, token by token as recorded. */
class SmolLm2QualityTest {

    private static StoredModel stored;
    private static JsonNode chats;

    /**
     * @param gap between the two best log-probabilities of the reference
     * @param agrees whether the most likely token is the reference's
     * @param error of the reference's five best log-probabilities, on average
     */
    private record Observation(double gap, boolean agrees, double error) {
    }

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        ModelStore store = new ModelStore(folder);
        store.importModel(new ImportRequest(SmolLm2.gguf(), "smollm2", Dtype.FP32, Optional.of("chatml")), Progress.NONE);
        stored = store.open("smollm2");
        chats = new ObjectMapper().readTree(Golden.path("smollm2/chat.json").toFile()).get("chats");
    }

    @AfterAll
    static void close() {
        if (stored != null) {
            stored.close();
        }
    }

    @Test
    void halfPrecisionAgreesWhereverTheReferenceIsSure() {
        for (ComputeProfile profile : List.of(ComputeProfile.AVX2, ComputeProfile.probe())) {
            assertGood(observe(Dtype.HALF, profile), 0.25, 0.05);
        }
    }

    @Test
    void q8AgreesWhereverTheReferenceIsSure() {
        for (ComputeProfile profile : List.of(ComputeProfile.AVX2, ComputeProfile.probe())) {
            assertGood(observe(Dtype.Q8, profile), 0.5, 0.1);
        }
    }

    private static void assertGood(List<Observation> observed, double gap, double error) {
        long sure = observed.stream().filter(each -> each.gap() > gap).count();
        long agreed = observed.stream().filter(each -> each.gap() > gap && each.agrees()).count();
        assertTrue(agreed >= 0.99 * sure, agreed + " of " + sure + " agree");
        assertTrue(meanError(observed) < error, "mean error " + meanError(observed));
    }

    private static double meanError(List<Observation> observed) {
        return observed.stream().mapToDouble(Observation::error).average().orElseThrow();
    }

    private static List<Observation> observe(Dtype dtype, ComputeProfile profile) {
        ModelConfig config = stored.manifest().config();
        long kv = 32 * KvArena.bytesPerBlock(config.shape(), ComputeProfile.kvType(dtype));
        List<Observation> observed = new ArrayList<>();
        try (TorchModelRunner runner = TorchModelRunner.load(config, dtype, profile, stored.weights(), kv, step -> { })) {
            for (JsonNode chat : chats) {
                observed.addAll(observe(runner, chat));
            }
        }
        return observed;
    }

    private static List<Observation> observe(TorchModelRunner runner, JsonNode chat) {
        int[] prompt = GoldenModel.ints(chat.get("prompt_ids"));
        JsonNode greedy = chat.get("greedy");
        int[] path = IntStream.range(0, greedy.size()).map(step -> greedy.get(step).get("id").asInt()).toArray();
        int[] ids = Stream.of(prompt, path).flatMapToInt(IntStream::of).limit(prompt.length + path.length - 1L).toArray();
        int[] targets = IntStream.range(0, ids.length).map(i -> i < prompt.length - 1 ? -1 : path[i - prompt.length + 1]).toArray();
        StepInput.Row row = new StepInput.Row(Steps.blocks(0, 1024), 0, ids, Optional.empty(),
                Optional.of(new StepInput.Score(targets, 1000)));
        List<StepOutput.Logprobs> scores = Steps.run(runner, row).rows().get(0).scores();
        return IntStream.range(0, path.length).mapToObj(step -> observation(greedy.get(step), scores.get(step))).toList();
    }

    private static Observation observation(JsonNode step, StepOutput.Logprobs score) {
        List<Double> errors = new ArrayList<>();
        for (JsonNode best : step.path("top_logprobs")) {
            int rank = IntStream.range(0, score.topIds().length).filter(i -> score.topIds()[i] == best.get(0).asInt()).findFirst()
                    .orElseThrow();
            errors.add(Math.abs(score.topValues()[rank] - best.get(1).asDouble()));
        }
        return new Observation(step.get("gap").asDouble(), score.topIds()[0] == step.get("id").asInt(),
                errors.stream().mapToDouble(error -> error).average().orElse(0));
    }
}
