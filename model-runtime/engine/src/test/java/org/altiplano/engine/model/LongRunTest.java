package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.altiplano.contract.SamplingParams;
import org.junit.jupiter.api.Test;

class LongRunTest {

    private static final SamplingParams EVERYTHING =
            new SamplingParams(0.8, 0.9, 50, 0.01, 0.1, 0.1, 1.1, Map.of(5, -1f), OptionalLong.empty());

    @Test
    void memoryDoesNotGrowOverTwoThousandSteps() throws IOException {
        try (GoldenModel golden = GoldenModel.tiny("gqa"); TorchModelRunner runner = golden.load(Dtype.Q8, ComputeProfile.probe())) {
            run(runner, 500);
            long before = residentKilobytes();
            run(runner, 2000);
            long growth = residentKilobytes() - before;
            assertTrue(growth < 8 * 1024, "grew by " + growth + " kB");
        }
    }

    private static void run(ModelRunner runner, int steps) {
        StepInput.Draw draw = new StepInput.Draw(EVERYTHING, 0.5, new int[] {1, 2, 3}, new int[] {4, 5, 6}, new int[] {2},
                OptionalInt.of(5));
        for (int step = 0; step < steps; step++) {
            int position = step % 100;
            List<StepInput.Row> rows = IntStream.range(0, 4).mapToObj(i -> new StepInput.Row(Steps.blocks(128 * i, 128), position,
                    new int[] {10 + i}, Optional.of(draw), Optional.empty())).toList();
            runner.run(new StepInput(rows));
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst().orElseThrow();
        }
    }
}
