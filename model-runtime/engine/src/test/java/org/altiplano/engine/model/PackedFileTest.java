package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedFileTest {

    private final GoldenModel golden = GoldenModel.tiny("gqa");
    private final List<String> read = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        golden.close();
    }

    @Test
    void whatWasPackedOnceIsReadTheNextTime() throws IOException {
        for (Dtype dtype : List.of(Dtype.Q8, Dtype.INT4)) {
            float[] packed = answer(dtype);
            assertTrue(read.contains("model.layers.0.mlp.up_proj.weight"));
            read.clear();
            assertArrayEquals(packed, answer(dtype));
            assertFalse(read.contains("model.layers.0.mlp.up_proj.weight"), "the matrices come from the file");
            read.clear();
        }
        assertEquals(Set.of("packed-q8-4.safetensors", "packed-int4-4.safetensors"), Set.copyOf(names()));
    }

    @Test
    void aDamagedFileIsReplaced() throws IOException {
        float[] packed = answer(Dtype.Q8);
        Path file = folder.resolve("packed-q8-4.safetensors");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        try (TorchModelRunner runner = golden.load(Dtype.Q8, ComputeProfile.probe(), kept(folder))) {
            assertArrayEquals(packed, logprobs(runner));
            Eventually.holds("it is whole again", () -> Arrays.equals(whole, bytes(file)));
        }
    }

    @Test
    void aModelThatGoesBeforeItsWeightsAreKeptLeavesNothingBehind() throws IOException {
        for (int i = 0; i < 10; i++) {
            golden.load(Dtype.Q8, ComputeProfile.probe(), kept(folder)).close();
            Eventually.holds("a whole file or none", () -> names().stream().allMatch("packed-q8-4.safetensors"::equals));
            Files.deleteIfExists(folder.resolve("packed-q8-4.safetensors"));
        }
    }

    @Test
    void whatAProcessLeftThatWasKilledIsRemoved() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path left = Files.createFile(folder.resolve("packed-q8-4.safetensors." + dead.pid()));
        Path others = Files.createFile(folder.resolve("packed-q8-4.safetensors." + ProcessHandle.current().parent().orElseThrow().pid()));
        answer(Dtype.Q8);
        assertFalse(Files.exists(left));
        assertTrue(Files.exists(others), "a process that lives may still be writing");
    }

    @Test
    void aNewVersionOfAFormTakesTheEarlierOnesPlace() throws IOException {
        for (String other : List.of("packed-q8-1.safetensors", "packed-q8-2.safetensors", "packed-q8-1000.safetensors", "packed-int4-3.safetensors")) {
            Files.createFile(folder.resolve(other));
        }
        answer(Dtype.Q8);
        Eventually.holds("the earlier ones are gone", () -> Set.copyOf(names()).equals(
                Set.of("packed-q8-4.safetensors", "packed-q8-1000.safetensors", "packed-int4-3.safetensors")));
    }

    @Test
    void whereNothingCanBeWrittenTheModelIsLoadedAllTheSame() throws IOException {
        float[] packed = answer(Dtype.Q8);
        try (TorchModelRunner runner = golden.load(Dtype.Q8, ComputeProfile.probe(), kept(folder.resolve("missing")))) {
            assertArrayEquals(packed, logprobs(runner));
        }
    }

    @Test
    void formatsThatAreNoSmallerThanWhatIsStoredAreNotKept() throws IOException {
        answer(Dtype.FP32);
        answer(Dtype.HALF);
        assertTrue(names().isEmpty());
    }

    /** Of a model that serves until its packed weights are kept. */
    private float[] answer(Dtype dtype) {
        try (TorchModelRunner runner = golden.load(dtype, ComputeProfile.probe(), kept(folder))) {
            ComputeProfile.probe().packedForm(dtype).ifPresent(form -> Eventually.holds("the packed weights are kept",
                    () -> Files.exists(folder.resolve("packed-" + form + ".safetensors"))));
            return logprobs(runner);
        }
    }

    private float[] logprobs(TorchModelRunner runner) {
        StepOutput output = Steps.run(runner, Steps.score(Steps.blocks(0, 32), 0, golden.config().shape().vocabulary(), 1, 5, 9));
        return Steps.byId(output.rows().get(0).scores().get(2));
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The weights, which note what is read of them and keep packed forms in a folder. */
    private Weights kept(Path folder) {
        return new Weights() {
            @Override
            public Set<String> names() {
                return golden.weights().names();
            }

            @Override
            public StoredTensor tensor(String name) {
                synchronized (read) {
                    read.add(name);
                }
                return golden.weights().tensor(name);
            }

            @Override
            public Optional<Path> packedFile(String form) {
                return Optional.of(folder.resolve("packed-" + form + ".safetensors"));
            }

            @Override
            public void close() {
            }
        };
    }
}
