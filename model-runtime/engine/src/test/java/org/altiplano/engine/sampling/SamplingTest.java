package org.altiplano.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.FloatTensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("operators")
class SamplingTest {

    private static final int[] NONE = {};

    private final Sampler sampler;

    SamplingTest(String operators) {
        this.sampler = new Sampler(operators);
    }

    static Stream<String> operators() {
        return Sampler.operators();
    }

    @AfterEach
    void close() {
        sampler.close();
    }

    /** The reference's probabilities are found again by walking the uniform number from border to border. */
    @ParameterizedTest
    @CsvSource({"none, 1, 0, 1", "temperature, 0.7, 0, 1", "top_k, 1, 40, 1", "top_p, 1, 0, 0.9", "temperature+top_k, 0.7, 40, 1",
        "temperature+top_p, 0.7, 0, 0.9", "top_k+top_p, 1, 40, 0.9", "temperature+top_k+top_p, 0.7, 40, 0.9"})
    void keptTokensAndProbabilitiesEqualTheReference(String name, double temperature, int topK, double topP) throws IOException {
        FloatTensors tensors = FloatTensors.read(Golden.path("tiny/gqa/sampling.safetensors"));
        float[] logits = tensors.rows("logits").get(0);
        float[] expected = tensors.rows("probs/" + name).get(0);
        SamplingParams params = params(temperature, topP, topK, 0);
        List<Integer> order = new ArrayList<>(IntStream.range(0, expected.length).filter(id -> expected[id] > 0).boxed().toList());
        if (topK > 0 || topP < 1) {
            order.sort((a, b) -> Float.compare(expected[b], expected[a]));
        }
        SamplingPlan plan = new SamplingPlan(logits.length);
        List<Integer> wanted = new ArrayList<>();
        double passed = 0;
        for (int id : order) {
            for (double uniform : new double[] {passed + 1e-5, passed + expected[id] / 2, passed + expected[id] - 1e-5}) {
                if (expected[id] > 3e-5) {
                    plan.add(params, uniform, NONE, NONE, NONE, OptionalInt.empty());
                    wanted.add(id);
                }
            }
            passed += expected[id];
        }
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(wanted.size(), logits)).drawn();
        assertEquals(wanted, drawn.stream().map(Drawn::token).toList());
        assertEquals(json().get("kept").get(name).asInt(), order.size());
    }

    @Test
    void penalisedLogitsEqualTheReference() throws IOException {
        FloatTensors tensors = FloatTensors.read(Golden.path("tiny/gqa/sampling.safetensors"));
        JsonNode penalties = json().get("penalties");
        float[] logits = tensors.rows("penalised/input_logits").get(0);
        int[] generated = ints(penalties.get("penalised_tensors_generated"));
        penalties.get("runs").properties().forEach(run -> {
            SamplingPlan plan = new SamplingPlan(logits.length);
            plan.add(params(run.getValue()), 0, new int[] {286, 286}, generated, NONE, OptionalInt.empty());
            double[] edited = sampler.sample(plan, List.of(logits)).edited();
            float[] expected = tensors.rows("penalised/" + run.getKey()).get(0);
            for (int id = 0; id < expected.length; id++) {
                assertEquals(expected[id], edited[id], 1e-4, run.getKey());
            }
        });
    }

    @Test
    void repetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOnce() {
        SamplingPlan plan = new SamplingPlan(4);
        plan.add(new SamplingParams(0, 1, 0, 0, 0, 0, 2, Map.of(), OptionalLong.empty()), 0, new int[] {0, 0, 1}, new int[] {0}, NONE,
                OptionalInt.empty());
        Sampler.Result result = sampler.sample(plan, List.of(new float[] {3, -1, 2, 1}));
        assertEquals(List.of(1.5, -2.0, 2.0, 1.0), java.util.Arrays.stream(result.edited()).boxed().toList());
        assertEquals(2, result.drawn().get(0).token());
    }

    @Test
    void forbiddenTokensAreNeverDrawnHoweverLikely() {
        SamplingPlan plan = new SamplingPlan(3);
        for (SamplingParams params : List.of(SamplingParams.GREEDY, params(1, 1, 0, 0), params(1, 0.9, 2, 0.1))) {
            plan.add(params, 0.999999999999, NONE, NONE, new int[] {0, 2}, OptionalInt.empty());
        }
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(3, new float[] {9, 1, 5})).drawn();
        assertEquals(List.of(1, 1, 1), drawn.stream().map(Drawn::token).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 300, 5000})
    void randomDrawsEqualAPlainReference(int vocabulary) {
        Random random = new Random(vocabulary);
        int compared = 0;
        for (int batch = 0; batch < 20; batch++) {
            SamplingPlan plan = new SamplingPlan(vocabulary);
            List<float[]> logits = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            for (int row = 0; row < 16; row++) {
                float sharpness = new float[] {0.01f, 1, 4}[random.nextInt(3)];
                float[] y = new float[vocabulary];
                for (int i = 0; i < vocabulary; i++) {
                    y[i] = sharpness * (float) random.nextGaussian();
                }
                SamplingParams params = params(0.1 + 1.5 * random.nextDouble(), random.nextBoolean() ? 1 : 0.05 + 0.94 * random.nextDouble(),
                        random.nextBoolean() ? 0 : random.nextInt(2 * vocabulary), random.nextBoolean() ? 0 : random.nextDouble());
                double uniform = random.nextDouble();
                logits.add(y);
                plan.add(params, uniform, NONE, NONE, NONE, OptionalInt.empty());
                expected.add(ReferenceSampler.distribution(y, params).at(uniform, 2e-6));
            }
            List<Drawn> drawn = sampler.sample(plan, logits).drawn();
            for (int row = 0; row < 16; row++) {
                if (expected.get(row) >= 0) {
                    assertEquals(expected.get(row), drawn.get(row).token(), "row " + row + " of batch " + batch);
                    compared++;
                }
            }
        }
        assertTrue(compared > 290, "compared " + compared);
    }

    @Test
    void aNucleusOfManyThousandTokensIsNotCutShort() {
        int vocabulary = 20_000;
        SamplingPlan plan = new SamplingPlan(vocabulary);
        int draws = 200;
        for (int i = 0; i < draws; i++) {
            plan.add(params(1, 0.999, 0, 0), (i + 0.5) / draws, NONE, NONE, NONE, OptionalInt.empty());
        }
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(draws, new float[vocabulary])).drawn();
        Set<Integer> different = new HashSet<>(drawn.stream().map(Drawn::token).toList());
        assertEquals(draws, different.size());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1 - 0x1p-53})
    void theEndsOfTheUniformRangeStayInsideTheKeptTokens(double uniform) {
        SamplingPlan plan = new SamplingPlan(5);
        plan.add(params(1, 1, 0, 0), uniform, NONE, NONE, new int[] {0, 4}, OptionalInt.empty());
        plan.add(params(1, 0.5, 0, 0), uniform, NONE, NONE, new int[] {0, 4}, OptionalInt.empty());
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(2, new float[] {9, 1, 1.1f, 0.9f, 9})).drawn();
        assertEquals(uniform == 0 ? 1 : 3, drawn.get(0).token());
        assertTrue(Set.of(1, 2).contains(drawn.get(1).token()));
    }

    @Test
    void equallyLikelyTokensAreDrawnEquallyOften() {
        int vocabulary = 1003;
        int draws = 10 * vocabulary;
        for (SamplingParams params : List.of(params(0.7, 1, 0, 0), params(0.7, 1, 0, 0.5))) {
            SamplingPlan plan = new SamplingPlan(vocabulary);
            for (int i = 0; i < draws; i++) {
                plan.add(params, (i + 0.5) / draws, NONE, NONE, NONE, OptionalInt.empty());
            }
            int[] times = new int[vocabulary];
            sampler.sample(plan, Collections.nCopies(draws, new float[vocabulary])).drawn().forEach(drawn -> times[drawn.token()]++);
            assertTrue(IntStream.of(times).allMatch(count -> count == 10), () -> java.util.Arrays.toString(times));
        }
    }

    @Test
    void aVeryLowTemperatureDrawsTheBest() {
        SamplingPlan plan = new SamplingPlan(3);
        for (double temperature : new double[] {1e-300, 1e-5, 1e-4}) {
            plan.add(params(temperature, 1, 0, 0), 0.5, NONE, NONE, NONE, OptionalInt.empty());
            plan.add(params(temperature, 0.9, 0, 0), 0.5, NONE, NONE, NONE, OptionalInt.empty());
        }
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(6, new float[] {30, 30.1f, -30})).drawn();
        assertTrue(drawn.stream().allMatch(each -> each.token() == 1), drawn.toString());
    }

    @Test
    void logprobsAreThoseOfTheModelWhateverTheParameters() {
        SamplingPlan plan = new SamplingPlan(4);
        plan.add(SamplingParams.GREEDY, 0, NONE, NONE, NONE, OptionalInt.empty());
        plan.add(new SamplingParams(0.1, 1, 1, 0, 0, 0, 1, Map.of(3, 100f), OptionalLong.empty()), 0.5, NONE, NONE, NONE, OptionalInt.of(2));
        plan.add(SamplingParams.GREEDY, 0, NONE, NONE, new int[] {1}, OptionalInt.of(0));
        List<Drawn> drawn = sampler.sample(plan, Collections.nCopies(3, new float[] {0, 2, 1, -1})).drawn();
        double total = Math.log(Math.exp(0) + Math.exp(2) + Math.exp(1) + Math.exp(-1));
        assertFalse(plan.reports(0));
        assertEquals(3, drawn.get(1).token());
        assertEquals(-1 - total, drawn.get(1).logprob(), 1e-6);
        assertEquals(List.of(1, 2), IntStream.of(drawn.get(1).topIds()).boxed().toList());
        assertEquals(1 - total, drawn.get(1).topLogprobs()[1], 1e-6);
        assertEquals(2, drawn.get(2).token());
        assertEquals(1 - total, drawn.get(2).logprob(), 1e-6);
        assertEquals(0, drawn.get(2).topIds().length);
    }

    @Test
    void logitsThatAreNoNumbersAreReportedPerRow() {
        SamplingPlan plan = new SamplingPlan(3);
        for (int row = 0; row < 4; row++) {
            plan.add(params(1, 0.9, 0, 0), 0.5, NONE, NONE, NONE, OptionalInt.empty());
        }
        List<Drawn> drawn = sampler.sample(plan, List.of(new float[] {1, Float.NaN, 2}, new float[] {1, 2, 3},
                new float[] {1, Float.POSITIVE_INFINITY, 2}, new float[] {Float.NEGATIVE_INFINITY, 1, Float.POSITIVE_INFINITY})).drawn();
        assertEquals(List.of(false, true, false, false), drawn.stream().map(Drawn::sound).toList());
    }

    private static SamplingParams params(double temperature, double topP, int topK, double minP) {
        return new SamplingParams(temperature, topP, topK, minP, 0, 0, 1, Map.of(), OptionalLong.empty());
    }

    private static SamplingParams params(JsonNode run) {
        Map<Integer, Float> bias = new java.util.HashMap<>();
        run.get("logit_bias").properties().forEach(each -> bias.put(Integer.valueOf(each.getKey()), (float) each.getValue().asDouble()));
        return new SamplingParams(0, 1, 0, 0, run.get("frequency_penalty").asDouble(), run.get("presence_penalty").asDouble(), 1, bias,
                OptionalLong.empty());
    }

    private static JsonNode json() throws IOException {
        return new ObjectMapper().readTree(Golden.path("tiny/gqa/sampling.json").toFile());
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
