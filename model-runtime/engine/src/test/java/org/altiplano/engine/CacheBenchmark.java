package org.altiplano.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;
import org.altiplano.engine.model.TorchModelRunner;

/**
 * Measures what the prefix cache gives and costs and how far a long prompt holds answers up, through the whole engine on
 * random weights of SmolLM2-135M's dimensions or of those named: layers, dim, heads, kvHeads, headDim, ffn, vocabulary.
 */
final class CacheBenchmark {

    private static final int ROUNDS = 7;
    private static final int KNOWN = 1024;
    private static final int NEW = 32;
    private static final int LONG = 4096;

    private final LlmEngine engine;
    private final int vocabulary;
    private final Random random = new Random(5);

    private CacheBenchmark(LlmEngine engine, int vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int[] d = arguments.length == 7 ? Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray()
                : new int[] {30, 576, 9, 3, 64, 1536, 49_152};
        ModelShape shape = new ModelShape(d[0], d[1], d[2], d[3], d[4], d[5], d[6], 8192, true);
        RandomModel model = new RandomModel(shape, Dtype.Q8, new RandomWeights(shape));
        long kvBytes = 24_576L * shape.layers() * shape.kvHeads() * shape.headDim() * 2 * Short.BYTES;
        TorchModelRunner runner = TorchModelRunner.load(model.manifest().config(), Dtype.Q8, model.weights(), kvBytes, step -> { });
        print("profile %s", runner.computeProfile());
        try (LlmEngine engine = start(model, runner)) {
            CacheBenchmark benchmark = new CacheBenchmark(engine, shape.vocabulary());
            benchmark.stall(); // first, so that the pace has learnt nothing: as on a worker that has just started
            double promptMillis = benchmark.firstTokens();
            benchmark.conversation();
            bookkeeping(model, promptMillis);
        }
    }

    private static LlmEngine start(RandomModel model, ModelRunner runner) {
        return LlmEngine.start(model.manifest(), Optional.empty(), runner, EngineSettings.DEFAULT, System::nanoTime, () -> 1);
    }

    /** Returns the milliseconds to compute a whole prompt. */
    private double firstTokens() throws InterruptedException {
        List<Double> cold = new ArrayList<>();
        List<Double> known = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            int[] beginning = tokens(KNOWN);
            cold.add(submit(join(beginning, tokens(NEW)), 1).await().timeToFirstToken());
            Clock second = submit(join(beginning, tokens(NEW)), 1).await();
            require(second.cached == KNOWN, "cached " + second.cached);
            known.add(second.timeToFirstToken());
        }
        print("first token of %d tokens: %.1f ms; with the first %d of them cached: %.1f ms (%.1f %%)", KNOWN + NEW, median(cold), KNOWN,
                median(known), 100 * median(known) / median(cold));
        return median(cold);
    }

    /** Eight turns; each says 60 tokens and is answered with 60. */
    private void conversation() throws InterruptedException {
        int[] history = {};
        StringBuilder turns = new StringBuilder();
        for (int turn = 1; turn <= 8; turn++) {
            int[] prompt = join(history, tokens(60));
            Clock clock = submit(prompt, 60).await();
            turns.append(String.format(Locale.ROOT, " %d/%d %.0f ms", clock.cached, prompt.length, clock.timeToFirstToken()));
            history = join(prompt, clock.tokens.stream().mapToInt(token -> token).toArray());
        }
        int[] whole = tokens(history.length - 60);
        print("a chat's turns, cached/prompt tokens and first token:%s; a new prompt as long as the last: %.0f ms", turns,
                submit(whole, 1).await().timeToFirstToken());
    }

    /** The time between tokens of eight streams, alone and while a long prompt is computed beside them. */
    private void stall() throws InterruptedException {
        List<Clock> streams = Stream.generate(() -> submit(tokens(64), 1_700)).limit(8).toList();
        Thread.sleep(1_500);
        Clock prompt = submit(tokens(LONG), 1);
        prompt.await();
        for (Clock stream : streams) {
            stream.await();
        }
        long from = prompt.submitted;
        long to = prompt.times.get(0);
        double[] alone = gaps(streams, from - 1_000_000_000, from);
        double[] beside = gaps(streams, from, to);
        print("8 streams alone: %.2f ms between tokens (p50), %.2f (p99); while a prompt of %d tokens is computed, which takes %.0f ms: "
                + "%.2f (p50, %.2fx), %.2f (p90, %.2fx), %.2f (p99, %.2fx); %d steps", at(alone, 0.5), at(alone, 0.99), LONG, (to - from) / 1e6,
                at(beside, 0.5), at(beside, 0.5) / at(alone, 0.5), at(beside, 0.9), at(beside, 0.9) / at(alone, 0.9),
                at(beside, 0.99), at(beside, 0.99) / at(alone, 0.99), beside.length / 8);
    }

    /** What the engine's thread does for prompts of which nothing is cached, all that keeping and evicting them takes included. */
    private static void bookkeeping(RandomModel model, double promptMillis) throws InterruptedException {
        try (LlmEngine engine = start(model, new NothingComputed())) {
            CacheBenchmark benchmark = new CacheBenchmark(engine, model.shape().vocabulary());
            double best = Double.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long began = System.nanoTime();
                for (int i = 0; i < 200; i++) {
                    benchmark.submit(benchmark.tokens(KNOWN + NEW), 1).await();
                }
                best = Math.min(best, (System.nanoTime() - began) / 1e6 / 200);
            }
            require(engine.status(ModelState.SERVING).prefixCache().evictedTotal() > 0, "nothing was evicted");
            print("from submission to first token where computing takes no time, nothing cached, each prompt kept and an older one evicted: "
                    + "%.3f ms for %d tokens (%.2f %% of computing them)", best, KNOWN + NEW, 100 * best / promptMillis);
        }
    }

    private Clock submit(int[] prompt, int tokens) {
        Clock clock = new Clock();
        engine.submit(EngineFixture.request(new Prompt.Tokens(prompt), SamplingParams.GREEDY,
                EngineFixture.stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE, new CacheSalt("tenant")), clock);
        return clock;
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, vocabulary).toArray();
    }

    private static int[] join(int[] one, int[] other) {
        return IntStream.concat(IntStream.of(one), IntStream.of(other)).toArray();
    }

    private static double[] gaps(List<Clock> streams, long from, long to) {
        return streams.stream().flatMapToDouble(stream -> IntStream.range(1, stream.times.size())
                .filter(i -> stream.times.get(i) > from && stream.times.get(i) <= to)
                .mapToDouble(i -> (stream.times.get(i) - stream.times.get(i - 1)) / 1e6)).sorted().toArray();
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))];
    }

    private static double median(List<Double> values) {
        return at(values.stream().mapToDouble(value -> value).sorted().toArray(), 0.5);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** Answers at once, always the same. */
    private static final class NothingComputed implements ModelRunner {

        @Override
        public int arenaBlocks() {
            return 24_576 / 32;
        }

        @Override
        public String computeProfile() {
            return "none";
        }

        @Override
        public StepOutput run(StepInput input) {
            return new StepOutput(input.rows().stream().map(row -> new StepOutput.Row(
                    row.draw().isPresent() ? OptionalInt.of(1) : OptionalInt.empty(), Optional.empty(), List.of())).toList());
        }

        @Override
        public void close() {
        }
    }
}
