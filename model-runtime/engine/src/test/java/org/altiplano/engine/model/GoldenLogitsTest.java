package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The model program against logits that an independent program computed in float32. */
class GoldenLogitsTest {

    private static final double FLOAT32_TOLERANCE = 1e-3;

    static List<String> tiny() {
        return Golden.names("tiny");
    }

    static List<String> gguf() {
        return Golden.names("gguf").stream().filter(name -> name.endsWith(".gguf")).map(name -> name.replace(".gguf", "")).toList();
    }

    static List<String> meta() {
        return Golden.names("meta");
    }

    static Stream<Arguments> reduced() {
        return tiny().stream().flatMap(name -> Stream.of(ComputeProfile.AVX2, ComputeProfile.AVX512_VNNI_BF16)
                .filter(GoldenLogitsTest::runsHere)
                .flatMap(profile -> Stream.of(Arguments.of(name, Dtype.HALF, profile, 0.1, 0.25),
                        Arguments.of(name, Dtype.Q8, profile, 0.12, 0.75))));
    }

    /** The narrow kernels run anywhere, bfloat16 only where the CPU has it. */
    private static boolean runsHere(ComputeProfile profile) {
        return !profile.bf16() || ComputeProfile.probe().bf16();
    }

    @ParameterizedTest
    @MethodSource("tiny")
    void fp32LogitsEqualTheReference(String name) {
        equalTheReference(GoldenModel.tiny(name));
    }

    @ParameterizedTest
    @MethodSource("gguf")
    void fp32LogitsOfDequantisedFilesEqualTheReference(String name) {
        equalTheReference(GoldenModel.gguf(name));
    }

    @ParameterizedTest
    @MethodSource("meta")
    void fp32LogitsOfMetasShardsEqualTheReference(String name) {
        equalTheReference(GoldenModel.meta(name));
    }

    private static void equalTheReference(GoldenModel opened) {
        try (GoldenModel golden = opened; TorchModelRunner runner = golden.load(Dtype.FP32, ComputeProfile.probe())) {
            for (GoldenModel.Prompt prompt : golden.prompts()) {
                double worst = worst(golden, runner, prompt);
                assertTrue(worst < FLOAT32_TOLERANCE, golden.name() + " differs by " + worst);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tiny")
    void fp32FollowsTheGreedyPaths(String name) {
        try (GoldenModel golden = GoldenModel.tiny(name); TorchModelRunner runner = golden.load(Dtype.FP32, ComputeProfile.probe())) {
            for (GoldenModel.Prompt prompt : golden.prompts()) {
                int[] path = new int[prompt.greedy().length];
                int[] region = Steps.blocks(0, golden.config().shape().context());
                path[0] = Steps.token(Steps.run(runner, Steps.draw(region, 0, prompt.ids())), 0);
                for (int i = 1; i < path.length; i++) {
                    path[i] = Steps.token(Steps.run(runner, Steps.draw(region, prompt.ids().length + i - 1, path[i - 1])), 0);
                }
                assertArrayEquals(prompt.greedy(), path, name);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("reduced")
    void reducedPrecisionStaysWithinItsTolerance(String name, Dtype dtype, ComputeProfile profile, double mean, double gap) {
        try (GoldenModel golden = GoldenModel.tiny(name); TorchModelRunner runner = golden.load(dtype, profile)) {
            double sum = 0;
            int count = 0;
            for (GoldenModel.Prompt prompt : golden.prompts()) {
                StepOutput.Row row = scored(golden, runner, prompt);
                for (int i = 0; i < prompt.positions().length; i++) {
                    float[] expected = Steps.logSoftmax(prompt.logits().get(i));
                    float[] actual = Steps.byId(row.scores().get(prompt.positions()[i]));
                    for (int id = 0; id < expected.length; id++) {
                        sum += Math.abs(expected[id] - actual[id]);
                        count++;
                    }
                    float[] ranked = expected.clone();
                    Arrays.sort(ranked);
                    if (ranked[ranked.length - 1] - ranked[ranked.length - 2] > gap) {
                        assertEquals(Steps.argmax(expected), Steps.argmax(actual), name);
                    }
                }
            }
            assertTrue(sum / count < mean, name + " differs by " + sum / count);
            assertTrue(sum > 0, "reduced precision cannot be exact");
        }
    }

    /** Largest difference of a log-probability over all positions with known logits. */
    static double worst(GoldenModel golden, TorchModelRunner runner, GoldenModel.Prompt prompt) {
        StepOutput.Row row = scored(golden, runner, prompt);
        double worst = 0;
        for (int i = 0; i < prompt.positions().length; i++) {
            float[] expected = Steps.logSoftmax(prompt.logits().get(i));
            worst = Math.max(worst, Steps.maxDifference(expected, Steps.byId(row.scores().get(prompt.positions()[i]))));
        }
        return worst;
    }

    private static StepOutput.Row scored(GoldenModel golden, TorchModelRunner runner, GoldenModel.Prompt prompt) {
        int[] region = Steps.blocks(0, golden.config().shape().context());
        return Steps.run(runner, Steps.score(region, 0, golden.config().shape().vocabulary(), prompt.ids())).rows().get(0);
    }
}
