package org.altiplano.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.kvcache.KvPool;

/**
 * Times steps of a model with random weights: {@code StepBenchmark tinyllama|smollm2|7b q8|int4|half|fp32 [profile]}. Decoding
 * sequences grow as in life, so that no shape is measured twice in a row.
 */
final class StepBenchmark {

    private static final int CONTEXT = 128;

    private StepBenchmark() {
    }

    public static void main(String[] arguments) {
        ModelShape shape = switch (arguments[0]) {
            case "tinyllama" -> new ModelShape(22, 2048, 32, 4, 64, 5632, 32_000, 2048, false);
            case "smollm2" -> new ModelShape(30, 576, 9, 3, 64, 1536, 49_152, 2048, true);
            case "7b" -> new ModelShape(32, 4096, 32, 32, 128, 11_008, 32_000, 2048, false);
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        if (arguments.length > 2) {
            System.setProperty(ComputeProfile.OVERRIDE, arguments[2]);
        }
        ModelConfig config = new ModelConfig(shape, 1e-5, 10_000, 1);
        Dtype dtype = Dtype.ofWord(arguments[1]);
        long begin = System.nanoTime();
        long kv = 64L * KvPool.blocksFor(512) * KvArena.bytesPerBlock(shape, ComputeProfile.kvType(dtype));
        try (TorchModelRunner runner = TorchModelRunner.load(config, dtype, ComputeProfile.probe(), new RandomWeights(shape), kv,
                step -> { })) {
            System.out.printf(Locale.ROOT, "%s %s %s loaded in %.1f s%n", arguments[0], arguments[1], runner.computeProfile(),
                    (System.nanoTime() - begin) / 1e9);
            int[] prompt = new Random(2).ints(512, 0, shape.vocabulary()).toArray();
            int[] first = Steps.blocks(0, 512);
            time("prefill 512", 512, 6, i -> Steps.run(runner, Steps.draw(first, 0, prompt)));
            for (int batch : new int[] {1, 2, 8, 32, 64}) {
                List<int[]> regions = IntStream.range(0, batch).mapToObj(i -> Steps.blocks(512 * i, 512)).toList();
                regions.forEach(region -> Steps.run(runner, Steps.fill(region, 0, Arrays.copyOf(prompt, CONTEXT))));
                int steps = batch > 8 ? 24 : 64;
                time("decode B=" + batch, batch, steps, i -> decode(runner, regions, CONTEXT + i, 0));
                if (batch > 1) {
                    regions.forEach(region -> Steps.run(runner, Steps.fill(region, 0, prompt)));
                    time("decode B=" + batch + " ragged", batch, steps, i -> decode(runner, regions, 40 + i, 352 / batch));
                }
            }
        }
    }

    private interface Step {
        void run(int index);
    }

    private static void decode(ModelRunner runner, List<int[]> regions, int position, int spread) {
        runner.run(new StepInput(IntStream.range(0, regions.size())
                .mapToObj(i -> Steps.draw(regions.get(i), position + i * spread, 17 + i)).toList()));
    }

    private static void time(String label, int tokens, int steps, Step step) {
        step.run(0);
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            long begin = System.nanoTime();
            step.run(i);
            times.add((System.nanoTime() - begin) / 1e6);
        }
        times.sort(Double::compare);
        double median = times.get(steps / 2);
        double mean = times.stream().mapToDouble(t -> t).average().orElseThrow();
        System.out.printf(Locale.ROOT, "%-20s best %8.2f ms  median %8.2f ms  mean %8.2f ms  %8.1f tokens/s (median)%n", label, times.get(0),
                median, mean, tokens / median * 1e3);
    }
}
