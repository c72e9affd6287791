package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.CountedWeights;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.TorchModelRunner;
import org.junit.jupiter.api.Test;

/** Layers that share their matrices compute what layers with equal ones compute, and count as many parameters. */
class SharedMatricesTest {

    private static final ModelShape SHAPE = new ModelShape(3, 64, 4, 2, 16, 128, 500, 64, false);

    @Test
    void sharedLayersAnswerLikeEqualOnes() {
        assertEquals(answer(false), answer(true));
    }

    private static List<Integer> answer(boolean shared) {
        CountedWeights weights = new CountedWeights(new RandomWeights(SHAPE), SHAPE.layers(), shared);
        RandomModel model = new RandomModel(SHAPE, Dtype.Q8, weights);
        TorchModelRunner runner = TorchModelRunner.load(model.manifest().config(), Dtype.Q8, weights, 1 << 22, step -> { });
        assertEquals(SHAPE.parameters(), weights.parameters());
        try (LlmEngine engine = LlmEngine.start(model.manifest(), Optional.empty(), runner, EngineFixture.SETTINGS, System::nanoTime,
                () -> 1)) {
            return EngineFixture.run(engine, EngineFixture.request(new Prompt.Tokens(new int[] {3, 1, 4, 1, 5}),
                    SamplingParams.GREEDY, EngineFixture.stop(16, 0, List.of(), Set.of(), true), OutputOptions.NONE)).tokenIds();
        }
    }
}
