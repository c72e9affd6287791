package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.altiplano.engine.kvcache.KvRegion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model program against logits that an independent implementation computed in float32. */
class GoldenLogitsTest {

    private static final double FLOAT32_TOLERANCE = 1e-3;

    @ParameterizedTest
    @ValueSource(strings = {"mha", "gqa", "mqa", "hd128", "tied-theta", "sharded", "linear2"})
    void fp32LogitsEqualTheReference(String name) {
        GoldenModel golden = GoldenModel.read(name);
        try (TorchModelRunner runner = golden.load(Dtype.FP32, ComputeProfile.probe())) {
            for (GoldenModel.Prompt prompt : golden.prompts()) {
                assertTrue(worst(golden, runner, prompt) < FLOAT32_TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mha", "gqa", "mqa", "hd128", "tied-theta", "sharded", "linear2"})
    void fp32FollowsTheGreedyPaths(String name) {
        GoldenModel golden = GoldenModel.read(name);
        try (TorchModelRunner runner = golden.load(Dtype.FP32, ComputeProfile.probe())) {
            for (GoldenModel.Prompt prompt : golden.prompts()) {
                int[] path = new int[prompt.greedy().length];
                KvRegion region = new KvRegion(0, golden.config().shape().context());
                path[0] = Steps.token(Steps.run(runner, Steps.draw(region, 0, prompt.ids())), 0);
                for (int i = 1; i < path.length; i++) {
                    path[i] = Steps.token(Steps.run(runner, Steps.draw(region, prompt.ids().length + i - 1, path[i - 1])), 0);
                }
                assertArrayEquals(prompt.greedy(), path, name);
            }
        }
    }

    static Stream<Arguments> reduced() {
        return Stream.of("mha", "gqa", "mqa", "hd128", "tied-theta", "sharded", "linear2").flatMap(name -> Stream.of(
                Arguments.of(name, Dtype.HALF, ComputeProfile.probe(), 0.1, 0.25),
                Arguments.of(name, Dtype.HALF, ComputeProfile.AVX2, 0.1, 0.25),
                Arguments.of(name, Dtype.Q8, ComputeProfile.probe(), 0.15, 0.5),
                Arguments.of(name, Dtype.Q8, ComputeProfile.AVX2, 0.15, 0.5)));
    }

    @ParameterizedTest
    @MethodSource("reduced")
    void reducedPrecisionStaysWithinItsTolerance(String name, Dtype dtype, ComputeProfile profile, double mean, double gap) {
        GoldenModel golden = GoldenModel.read(name);
        try (TorchModelRunner runner = golden.load(dtype, profile)) {
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
                    java.util.Arrays.sort(ranked);
                    if (ranked[ranked.length - 1] - ranked[ranked.length - 2] > gap) {
                        assertEquals(Steps.argmax(expected), Steps.argmax(actual), name);
                    }
                }
            }
            System.out.println(name + " " + dtype + " " + profile.name() + " " + sum / count);
            assertTrue(sum / count < mean, name + " " + sum / count);
        }
    }

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
        KvRegion region = new KvRegion(0, golden.config().shape().context());
        return Steps.run(runner, Steps.score(region, 0, golden.config().shape().vocabulary(), prompt.ids())).rows().get(0);
    }
}
