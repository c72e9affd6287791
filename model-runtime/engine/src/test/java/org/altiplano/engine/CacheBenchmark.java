package org.altiplano.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.Generation;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.UncachedKvMemory;
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
    private static final int TURNS = 26;
    private static final int FEW_BLOCKS = 128;
    private static final int CROWD_PROMPT = 128;
    private static final int CROWD_ANSWER = 8;

    private final LlmEngine engine;
    private final int vocabulary;
    private final Random random = new Random(5);

    private CacheBenchmark(LlmEngine engine, int vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    /** @param arguments nothing, or one of {@code stall}, {@code cached} and {@code cost}; then nothing, or seven dimensions */
    public static void main(String[] arguments) throws InterruptedException {
        String part = arguments.length % 7 == 1 ? arguments[0] : "";
        int[] d = arguments.length >= 7 ? Arrays.stream(arguments).skip(arguments.length - 7).mapToInt(Integer::parseInt).toArray()
                : new int[] {30, 576, 9, 3, 64, 1536, 49_152};
        ModelShape shape = new ModelShape(d[0], d[1], d[2], d[3], d[4], d[5], d[6], 8192, true);
        RandomModel model = new RandomModel(shape, Dtype.Q8, new RandomWeights(shape));
        try (TorchModelRunner runner = load(model)) {
            print("profile %s", runner.computeProfile());
            if (part.isEmpty() || part.equals("stall")) {
                stall(model, runner); // first, so that the pace has learnt nothing: as on a worker that has just started
            }
            if (part.isEmpty() || part.equals("cached")) {
                cached(model, runner);
            }
            if (part.isEmpty() || part.equals("cost")) {
                cost(model, runner);
            }
        }
    }

    /** On a thread that ends, as the host does, see {@link EngineHost}. */
    private static TorchModelRunner load(RandomModel model) {
        ModelShape shape = model.shape();
        long kvBytes = 24_576L * shape.layers() * shape.kvHeads() * shape.headDim() * 2 * Short.BYTES;
        CompletableFuture<TorchModelRunner> loaded = new CompletableFuture<>();
        new Thread(() -> loaded.complete(TorchModelRunner.load(model.manifest().config(), Dtype.Q8, model.weights(), kvBytes, step -> { })),
                "model-loader").start();
        return loaded.join();
    }

    /** An engine on a runner that outlives it. */
    private static LlmEngine start(RandomModel model, ModelRunner runner, KvMemory memory) {
        return LlmEngine.start(model.manifest(), Optional.empty(), new Lent(runner), memory, EngineSettings.DEFAULT, System::nanoTime, () -> 1);
    }

    private static LlmEngine start(RandomModel model, ModelRunner runner) {
        return start(model, runner, new KvMemory(runner.arenaBlocks()));
    }

    private static void stall(RandomModel model, ModelRunner runner) throws InterruptedException {
        try (LlmEngine engine = start(model, runner)) {
            new CacheBenchmark(engine, model.shape().vocabulary()).stall();
        }
    }

    private static void cached(RandomModel model, ModelRunner runner) throws InterruptedException {
        try (LlmEngine engine = start(model, runner)) {
            CacheBenchmark benchmark = new CacheBenchmark(engine, model.shape().vocabulary());
            double promptMillis = benchmark.firstTokens();
            benchmark.conversation();
            bookkeeping(model, promptMillis);
        }
    }

    /** Eight prompts at once of which nothing is cached, and their answers: with the cache and without, in turns, on one model. */
    private static void cost(RandomModel model, ModelRunner runner) throws InterruptedException {
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        try (LlmEngine cached = start(model, runner, new KvMemory(FEW_BLOCKS)); LlmEngine uncached = start(model, runner, new UncachedKvMemory(FEW_BLOCKS))) {
            CacheBenchmark one = new CacheBenchmark(cached, model.shape().vocabulary());
            CacheBenchmark other = new CacheBenchmark(uncached, model.shape().vocabulary());
            other.crowd();
            while (cached.status(ModelState.SERVING).prefixCache().evictedTotal() == 0) {
                one.crowd(); // until it is full, memory is used for the first time, which takes longer
            }
            for (int i = 0; i < TURNS; i++) {
                boolean first = i % 2 == 0;
                double a = (first ? one : other).crowd();
                double b = (first ? other : one).crowd();
                with.add(first ? a : b);
                without.add(first ? b : a);
            }
            require(cached.status(ModelState.SERVING).prefixCache().hitTotal() == 0, "something was cached");
            require(uncached.status(ModelState.SERVING).prefixCache().cached() == 0, "something was kept");
        }
        List<Double> ratios = IntStream.range(0, TURNS).mapToObj(i -> with.get(i) / without.get(i)).toList();
        print("8 prompts of %d new tokens and answers of %d: with the cache %.3f times as many tokens/s as without (median of %d turns; medians "
                + "%.0f and %.0f, best %.0f and %.0f)", CROWD_PROMPT, CROWD_ANSWER, median(ratios), TURNS, median(with), median(without),
                at(sorted(with), 1), at(sorted(without), 1));
    }

    /** Tokens a second. */
    private double crowd() throws InterruptedException {
        long began = System.nanoTime();
        List<Clock> streams = Stream.generate(() -> submit(tokens(CROWD_PROMPT), CROWD_ANSWER)).limit(8).toList();
        for (Clock stream : streams) {
            stream.await();
        }
        return 8 * (CROWD_PROMPT + CROWD_ANSWER) * 1e9 / (System.nanoTime() - began);
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
        List<Clock> streams = new ArrayList<>();
        List<Generation> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(new Clock());
            running.add(submit(tokens(64), 4_000, streams.get(i)));
        }
        Thread.sleep(1_500);
        Clock prompt = submit(tokens(LONG), 1);
        prompt.await();
        running.forEach(Generation::cancel);
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
        submit(prompt, tokens, clock);
        return clock;
    }

    private Generation submit(int[] prompt, int tokens, Clock clock) {
        return engine.submit(EngineFixture.request(new Prompt.Tokens(prompt), SamplingParams.GREEDY,
                EngineFixture.stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE, new CacheSalt("tenant")), clock);
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
        return at(sorted(values), 0.5);
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(value -> value).sorted().toArray();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** Whoever has it does not close it. */
    private record Lent(ModelRunner owner) implements ModelRunner {

        @Override
        public int arenaBlocks() {
            return owner.arenaBlocks();
        }

        @Override
        public String computeProfile() {
            return owner.computeProfile();
        }

        @Override
        public StepOutput run(StepInput input) {
            return owner.run(input);
        }

        @Override
        public void close() {
            // Its owner does.
        }
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
