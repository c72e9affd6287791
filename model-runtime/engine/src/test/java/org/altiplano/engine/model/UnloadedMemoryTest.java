package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.torch.TorchRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On Linux alone, as the workers: what a process holds of the machine's memory is read from proc(5). */
class UnloadedMemoryTest {

    /** 290 MB of weights in q8, of which 180 are in matrices that malloc takes from its heap. */
    private static final ModelShape SHAPE = new ModelShape(16, 1024, 16, 4, 64, 2816, 32_000, 2048, false);
    private static final int LOADS = 5;

    @TempDir
    private Path folder;

    @Test
    void modelsThatWentLeaveNoMemoryTaken() throws IOException {
        RandomWeights random = new RandomWeights(SHAPE);
        TorchRuntime.load();
        long before = residentBytes();
        for (int i = 0; i < LOADS; i++) {
            loadAndClose(random); // the first packs its weights, the others read what it kept
        }
        long grown = (residentBytes() - before) >> 20;
        assertTrue(grown < 200, "After " + LOADS + " loads the process holds " + grown + " MiB more.");
    }

    private void loadAndClose(Weights random) {
        ModelConfig config = new ModelConfig(SHAPE, 1e-5, 10_000, 1);
        long kvBytes = 64 * KvArena.bytesPerBlock(SHAPE, KvType.FLOAT16);
        try (TorchModelRunner runner = TorchModelRunner.load(config, Dtype.Q8, kept(random), kvBytes, step -> { })) {
            Eventually.holds("the packed weights are kept", () -> Files.exists(folder.resolve("packed.safetensors")));
        }
    }

    private static long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElseThrow();
        }
    }

    private Weights kept(Weights weights) {
        return new Weights() {
            @Override
            public Set<String> names() {
                return weights.names();
            }

            @Override
            public StoredTensor tensor(String name) {
                return weights.tensor(name);
            }

            @Override
            public Optional<Path> packedFile(String form) {
                return Optional.of(folder.resolve("packed.safetensors"));
            }

            @Override
            public void close() {
            }
        };
    }
}
