package org.altiplano.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.altiplano.contract.Generation;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.TorchModelRunner;

/**
 * Measures a model with random weights through the whole engine, from submission to tokens, as standard input orders:
 * {@code decode BATCH CONTEXT TOKENS} or {@code prefill TOKENS}, each answered by tokens per second on a line. Started by
 * {@code deploy/bench/engine}, which lets another engine measure the same in between.
 */
final class EngineBenchmark {

    private static final int CONTEXT = 8192;
    /** Tokens of an answer that lasts until it is cancelled. */
    private static final int LONG = 1500;
    private static final long WARM_NANOS = 1_000_000_000;

    private final LlmEngine engine;
    private final int vocabulary;
    private final Random random = new Random(7);

    private EngineBenchmark(LlmEngine engine, int vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    /** @param arguments layers, dim, heads, kvHeads, headDim, ffn, vocabulary; dtype; tokens of KV memory */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        int[] dimensions = Arrays.stream(arguments, 0, 7).mapToInt(Integer::parseInt).toArray();
        ModelShape shape = new ModelShape(dimensions[0], dimensions[1], dimensions[2], dimensions[3], dimensions[4], dimensions[5],
                dimensions[6], CONTEXT, false);
        RandomModel model = new RandomModel(shape, Dtype.ofWord(arguments[7]), new RandomWeights(shape));
        long kvBytes = Long.parseLong(arguments[8]) * shape.layers() * shape.kvHeads() * shape.headDim() * 2 * Float.BYTES;
        long began = System.nanoTime();
        TorchModelRunner runner = load(model, kvBytes);
        System.out.printf(Locale.ROOT, "{\"profile\": \"%s\", \"loadSeconds\": %.1f}%n", runner.computeProfile(),
                (System.nanoTime() - began) / 1e9);
        try (LlmEngine engine = LlmEngine.start(model.manifest(), Optional.empty(), runner, EngineSettings.DEFAULT, System::nanoTime,
                () -> 1); BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            EngineBenchmark benchmark = new EngineBenchmark(engine, shape.vocabulary());
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.printf(Locale.ROOT, "%.3f%n", benchmark.measure(order.split(" ")));
            }
        }
    }

    /** On a thread that ends, as the host does, see {@link EngineHost}. */
    private static TorchModelRunner load(RandomModel model, long kvBytes) throws InterruptedException, ExecutionException {
        FutureTask<TorchModelRunner> loading = new FutureTask<>(() -> TorchModelRunner.load(model.manifest().config(),
                model.manifest().dtype(), model.weights(), kvBytes, step -> { }));
        Thread loader = new Thread(loading, "model-loader");
        loader.start();
        loader.join();
        return loading.get();
    }

    private double measure(String[] order) throws InterruptedException {
        warmUp();
        int[] numbers = Arrays.stream(order).skip(1).mapToInt(Integer::parseInt).toArray();
        return switch (order[0]) {
            case "decode" -> decode(numbers[0], numbers[1], numbers[2]);
            case "prefill" -> prefill(numbers[0]);
            default -> throw new IllegalArgumentException(order[0]);
        };
    }

    /** Until the engine has its threads back from whoever computed last. */
    private void warmUp() throws InterruptedException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < WARM_NANOS) {
            submit(64, 8).ended.await();
        }
    }

    private double prefill(int tokens) throws InterruptedException {
        Clock clock = submit(tokens, 1);
        clock.ended.await();
        return tokens * 1e9 / (clock.times.get(0) - clock.submitted);
    }

    /** The rate of so many steps after all have their first token, however long the last prompt took beside the others' answers. */
    private double decode(int batch, int context, int tokens) throws InterruptedException {
        List<Running> streams = Stream.generate(() -> begin(context, LONG)).limit(batch).toList();
        for (Running stream : streams) {
            stream.reaches(1);
        }
        streams.get(0).reaches(streams.get(0).clock.count + tokens);
        for (Running stream : streams) {
            stream.generation.cancel();
            stream.clock.await();
        }
        List<List<Long>> times = streams.stream().map(stream -> stream.clock.times).toList();
        long from = times.stream().mapToLong(each -> each.get(0)).max().orElseThrow();
        long to = times.stream().mapToLong(each -> each.get(each.size() - 1)).min().orElseThrow();
        return times.stream().flatMap(List::stream).filter(time -> time > from && time <= to).count() * 1e9 / (to - from);
    }

    private Clock submit(int context, int tokens) {
        return begin(context, tokens).clock;
    }

    /** Every prompt is another one, so that none finds its beginning computed. */
    private Running begin(int context, int tokens) {
        Clock clock = new Clock();
        return new Running(clock, engine.submit(EngineFixture.request(
                new Prompt.Tokens(random.ints(context, 0, vocabulary).toArray()), SamplingParams.GREEDY, EngineFixture.stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE), clock));
    }

    private record Running(Clock clock, Generation generation) {
        void reaches(int tokens) throws InterruptedException {
            while (clock.count < tokens) {
                Thread.sleep(1);
            }
        }
    }
}
