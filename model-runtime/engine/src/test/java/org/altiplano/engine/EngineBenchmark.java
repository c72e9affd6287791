package org.altiplano.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvRegion;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;
import org.altiplano.engine.model.TorchModelRunner;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.StoredModel;
import org.altiplano.engine.text.Tokenizer;

/**
 * Decodes with random weights through the whole engine, beside a bare loop over the same runner:
 * {@code EngineBenchmark tinyllama|smollm2 q8|half|fp32 [rounds]}. The two take turns, so that a busy machine slows both.
 */
final class EngineBenchmark {

    private static final int PROMPT = 128;
    private static final int TOKENS = 64;

    private EngineBenchmark() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        ModelShape shape = switch (arguments[0]) {
            case "tinyllama" -> new ModelShape(22, 2048, 32, 4, 64, 5632, 32_000, 2048, false);
            case "smollm2" -> new ModelShape(30, 576, 9, 3, 64, 1536, 49_152, 2048, true);
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        StoredModel model = randomModel(shape, Dtype.ofWord(arguments[1]));
        try (TorchModelRunner runner = TorchModelRunner.load(model.manifest().config(), model.manifest().dtype(),
                model.weights(), 1L << 29, step -> { })) {
            System.out.printf("%s %s %s%n", arguments[0], arguments[1], runner.computeProfile());
            for (int batch : new int[] {1, 8}) {
                List<Double> bare = new ArrayList<>();
                List<Double> whole = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    bare.add(bare(runner, batch, shape.vocabulary()));
                    whole.add(whole(runner, model.manifest(), batch));
                }
                System.out.printf(Locale.ROOT, "B=%d: bare loop %.1f tokens/s, engine %.1f (medians of %d); best %.1f, %.1f%n", batch,
                        median(bare), median(whole), rounds, Collections.max(bare), Collections.max(whole));
            }
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static int[] prompt(int vocabulary) {
        return new Random(7).ints(PROMPT, 0, vocabulary).toArray();
    }

    private static double bare(ModelRunner runner, int batch, int vocabulary) {
        StepInput.Draw draw = new StepInput.Draw(SamplingParams.GREEDY, 0, new int[0], new int[0], new int[0], OptionalInt.empty());
        List<KvRegion> regions = IntStream.range(0, batch).mapToObj(i -> new KvRegion(256 * i, 256)).toList();
        int[] last = new int[batch];
        for (int i = 0; i < batch; i++) {
            last[i] = runner.run(new StepInput(List.of(new StepInput.Row(regions.get(i), 0, prompt(vocabulary), Optional.of(draw),
                    Optional.empty())))).rows().get(0).token().orElseThrow();
        }
        long began = System.nanoTime();
        for (int step = 0; step < TOKENS - 1; step++) {
            int position = PROMPT + step;
            StepOutput output = runner.run(new StepInput(IntStream.range(0, batch).mapToObj(i -> new StepInput.Row(regions.get(i),
                    position, new int[] {last[i]}, Optional.of(draw), Optional.empty())).toList()));
            for (int i = 0; i < batch; i++) {
                last[i] = output.rows().get(i).token().orElseThrow();
            }
        }
        return batch * (TOKENS - 1) * 1e9 / (System.nanoTime() - began);
    }

    /** The rate from the moment when all have their first token to the moment when the first one ends. */
    private static double whole(ModelRunner runner, ModelManifest manifest, int batch) throws InterruptedException {
        try (LlmEngine engine = LlmEngine.start(manifest, Optional.empty(), new Borrowed(runner), EngineSettings.DEFAULT,
                System::nanoTime, () -> 1)) {
            List<Clock> clocks = IntStream.range(0, batch).mapToObj(i -> new Clock()).toList();
            int tokens = TOKENS + batch;
            for (Clock clock : clocks) {
                engine.submit(EngineFixture.request(new Prompt.Tokens(prompt(manifest.config().shape().vocabulary())),
                        SamplingParams.GREEDY, EngineFixture.stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE), clock);
            }
            for (Clock clock : clocks) {
                clock.ended.await();
            }
            long from = clocks.stream().mapToLong(clock -> clock.times.get(0)).max().orElseThrow();
            long to = clocks.stream().mapToLong(clock -> clock.times.get(clock.times.size() - 1)).min().orElseThrow();
            long count = clocks.stream().flatMap(clock -> clock.times.stream()).filter(time -> time > from && time <= to).count();
            return count * 1e9 / (to - from);
        }
    }

    private static StoredModel randomModel(ModelShape shape, Dtype dtype) {
        return new StoredModel() {
            private final Weights weights = new RandomWeights(shape);

            @Override
            public ModelManifest manifest() {
                return new ModelManifest("random", new ModelConfig(shape, 1e-5, 10_000, 1), dtype, "none", Set.of(), false, List.of(),
                        Instant.EPOCH);
            }

            @Override
            public Optional<Tokenizer> tokenizer() {
                return Optional.empty();
            }

            @Override
            public Weights weights() {
                return weights;
            }

            @Override
            public void close() {
                weights.close();
            }
        };
    }

    /** Notes when each token came. */
    private static final class Clock implements GenerationListener {
        private final List<Long> times = new ArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onTokens(TokenChunk chunk) {
            times.add(System.nanoTime());
        }

        @Override
        public void onFinished(Finished finished) {
            ended.countDown();
        }

        @Override
        public void onFailed(Failure failure) {
            throw new AssertionError(failure);
        }
    }

    /** A runner that outlives the engine. */
    private record Borrowed(ModelRunner runner) implements ModelRunner {

        @Override
        public int arenaTokens() {
            return runner.arenaTokens();
        }

        @Override
        public String computeProfile() {
            return runner.computeProfile();
        }

        @Override
        public void move(List<KvMove> moves) {
            runner.move(moves);
        }

        @Override
        public StepOutput run(StepInput input) {
            return runner.run(input);
        }

        @Override
        public void close() {
        }
    }
}
