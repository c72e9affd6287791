package org.altiplano.engine;

import static org.altiplano.engine.EngineFixture.finished;
import static org.altiplano.engine.EngineFixture.stop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.ComputeProfile;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.TightRunners;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With operators of our own a greedy or seeded generation gives the same tokens through the whole engine, whatever happens to it:
 * alone and in one piece, or in company, in chunks, from cached prefixes and after preemptions, all at once.
 */
class SameGenerationTest {

    private static final ModelShape SHAPE = new ModelShape(3, 64, 4, 2, 16, 128, 500, 256, false);
    private static final int GENERATIONS = 14;

    static Stream<Arguments> formats() {
        return TightRunners.profiles().stream()
                .flatMap(profile -> Stream.of(Dtype.HALF, Dtype.Q8, Dtype.INT4).map(dtype -> Arguments.of(dtype, profile)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whateverHappensToItAGenerationGivesTheSameTokens(Dtype dtype, ComputeProfile profile) {
        List<List<Integer>> alone = new ArrayList<>();
        try (LlmEngine engine = engine(dtype, profile, 200, new EngineSettings(8, 512, 100, Duration.ofSeconds(10)))) {
            for (int i = 0; i < GENERATIONS; i++) {
                RecordingListener heard = EngineFixture.run(engine, request(i, new CacheSalt("its own " + i)));
                assertEquals(0, finished(heard).cachedTokens());
                alone.add(heard.tokenIds());
            }
            assertNotEquals(alone.get(0), alone.get(1));
        }
        for (int seed = 0; seed < 4; seed++) {
            // 24 blocks hold three of them at their full length; a step holds a fraction of a prompt.
            try (LlmEngine engine = engine(dtype, profile, 24, new EngineSettings(8, 40, 100, Duration.ofMillis(250)))) {
                assertEquals(alone, together(engine, new Random(seed)));
                ModelStatus after = engine.status(ModelState.SERVING);
                assertTrue(after.preemptionsTotal() > 0, "somebody was preempted");
                assertTrue(after.prefixCache().hitTotal() > 0, "something came from the cache");
                assertTrue(after.prefixCache().evictedTotal() > 0, "memory was short");
            }
        }
    }

    /** All at about the same time, in any order, and some that are cancelled between them. */
    private static List<List<Integer>> together(LlmEngine engine, Random random) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, GENERATIONS).boxed().toList());
        Collections.shuffle(order, random);
        RecordingListener[] heard = new RecordingListener[GENERATIONS];
        for (int i : order) {
            heard[i] = new RecordingListener();
            engine.submit(request(i, new CacheSalt("all")), heard[i]);
            if (random.nextInt(4) == 0) {
                engine.submit(request(random.nextInt(GENERATIONS), new CacheSalt("all")), new RecordingListener()).cancel();
            }
        }
        return Stream.of(heard).map(listener -> {
            finished(listener);
            return listener.tokenIds();
        }).toList();
    }

    /** Two families of prompts that begin alike; every other one is drawn from a seed, with penalties. */
    private static GenerationRequest request(int number, CacheSalt salt) {
        Random random = new Random(number);
        IntStream beginning = new Random(number % 2).ints(70, 3, SHAPE.vocabulary());
        int[] prompt = IntStream.concat(beginning, random.ints(10 + random.nextInt(30), 3, SHAPE.vocabulary())).toArray();
        SamplingParams sampling = number % 4 < 2 ? SamplingParams.GREEDY
                : new SamplingParams(1.3, 0.95, 40, 0, 0.3, 0.2, 1.1, Map.of(7, 1f), OptionalLong.of(number));
        return new GenerationRequest("g" + number, "random", new Prompt.Tokens(prompt), sampling,
                stop(90 + random.nextInt(50), 0, List.of(), Set.of(), true), OutputOptions.NONE, salt, FairShare.SINGLE);
    }

    private static LlmEngine engine(Dtype dtype, ComputeProfile profile, int blocks, EngineSettings settings) {
        RandomModel model = new RandomModel(SHAPE, dtype, new RandomWeights(SHAPE));
        ModelRunner runner = TightRunners.load(model.manifest().config(), dtype, profile, model.weights(), blocks);
        return LlmEngine.start(model.manifest(), Optional.empty(), runner, settings, System::nanoTime, () -> 1);
    }
}
