package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DamagedInputTest {

    private final GoldenModel golden = GoldenModel.tiny("gqa");

    @AfterEach
    void close() {
        golden.close();
    }

    @Test
    void onePerturbedWeightBreaksTheGoldenTolerance() {
        Weights perturbed = AlteredWeights.element(golden.weights(), "model.layers.1.self_attn.v_proj.weight", 129, 0.5f);
        try (TorchModelRunner runner = load(perturbed)) {
            double worst = golden.prompts().stream().mapToDouble(prompt -> GoldenLogitsTest.worst(golden, runner, prompt)).max()
                    .orElseThrow();
            assertTrue(worst > 1e-2, "a changed weight moved logits by " + worst + " only");
        }
    }

    @Test
    void weightsThatAreNoNumbersAreFoundWhileLoading() {
        Weights broken = AlteredWeights.element(golden.weights(), "model.norm.weight", 3, Float.NaN);
        assertEquals("The stored model is damaged: its tensor model.norm.weight holds what is no finite number at offset 12. Remove it and "
                + "import it again.", assertThrows(IllegalArgumentException.class, () -> load(broken)).getMessage());
    }

    @Test
    void oneSequenceWithBrokenLogitsIsNamedAndLeavesTheOthersWhole() {
        int culprit = 300;
        Weights broken = AlteredWeights.element(golden.weights(), "model.embed_tokens.weight", culprit * 128, Float.NaN);
        int[] first = Steps.blocks(0, 64);
        int[] second = Steps.blocks(64, 64);
        try (TorchModelRunner runner = load(broken); TorchModelRunner sound = load(golden.weights())) {
            Steps.run(runner, Steps.fill(first, 0, 5, 6, 7), Steps.fill(second, 0, 8, 9));
            NonFiniteLogitsException failure = assertThrows(NonFiniteLogitsException.class,
                    () -> Steps.run(runner, Steps.draw(first, 3, 11), Steps.draw(second, 2, culprit)));
            assertEquals(List.of(1), failure.rows());
            Steps.run(runner, Steps.fill(second, 0, 20));
            StepOutput again = Steps.run(runner, Steps.draw(first, 3, 11), Steps.draw(second, 1, 12));
            int expected = Steps.token(Steps.run(sound, Steps.draw(first, 0, 5, 6, 7, 11)), 0);
            assertEquals(expected, Steps.token(again, 0));
            assertEquals(Steps.token(Steps.run(sound, Steps.draw(second, 0, 20, 12)), 0), Steps.token(again, 1));
        }
    }

    @Test
    void aMissingOrMisshapenWeightIsNamed() {
        Weights misshapen = new AlteredWeights(golden.weights(), "model.layers.0.mlp.up_proj.weight",
                tensor -> new StoredTensor(tensor.name(), tensor.type(), new long[] {128, 160}, tensor.elements()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> load(misshapen)).getMessage()
                .contains("model.layers.0.mlp.up_proj.weight has the shape [128, 160]"));
        Weights missing = new AlteredWeights(golden.weights(), "lm_head.weight", tensor -> {
            throw new NoSuchElementException(tensor.name());
        });
        assertEquals("lm_head.weight", assertThrows(NoSuchElementException.class, () -> load(missing)).getMessage());
    }

    @Test
    void rowsOutsideTheirBlocksTheContextOrTheVocabularyAreRefused() {
        try (TorchModelRunner runner = load(golden.weights())) {
            int[] region = Steps.blocks(0, 32);
            assertThrows(IllegalArgumentException.class, () -> Steps.run(runner, Steps.draw(region, 30, 1, 1, 1)));
            assertThrows(IllegalArgumentException.class, () -> Steps.run(runner, Steps.draw(Steps.blocks(0, 1024), 512, 1)));
            assertThrows(IllegalArgumentException.class, () -> Steps.run(runner, Steps.draw(region, 0, 320)));
            assertThrows(IllegalArgumentException.class, () -> Steps.run(runner, Steps.draw(region, 0)));
            assertThrows(IllegalArgumentException.class, () -> Steps.run(runner, Steps.draw(Steps.blocks(4096, 64), 0, 1)));
            SamplingParams bias = new SamplingParams(0, 1, 0, 0, 0, 0, 1, Map.of(320, 1f), OptionalLong.empty());
            StepInput.Draw draw = new StepInput.Draw(bias, 0, new int[0], new int[0], new int[0], OptionalInt.empty());
            assertThrows(IllegalArgumentException.class,
                    () -> Steps.run(runner, new StepInput.Row(region, 0, new int[] {1}, Optional.of(draw), Optional.empty())));
        }
    }

    @Test
    void headsOfAWidthThatCannotBeComputedAreRefused() {
        for (int width : new int[] {12, 264}) {
            ModelShape shape = new ModelShape(1, 128, 4, 2, width, 128, 320, 512, true);
            assertThrows(IllegalArgumentException.class, () -> TorchModelRunner.load(new ModelConfig(shape, 1e-5, 10_000, 1),
                    Dtype.FP32, ComputeProfile.AVX2, golden.weights(), 1L << 24, step -> { }));
        }
    }

    @Test
    void memoryThatHoldsNoBlockIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> TorchModelRunner.load(golden.config(), Dtype.FP32, ComputeProfile.AVX2,
                golden.weights(), 100, step -> { }));
    }

    private TorchModelRunner load(Weights weights) {
        return golden.load(Dtype.FP32, ComputeProfile.probe(), weights);
    }
}
