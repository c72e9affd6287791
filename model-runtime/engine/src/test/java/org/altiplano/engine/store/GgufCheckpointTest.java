package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.GgufBytes;
import org.altiplano.engine.model.weights.TensorRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufCheckpointTest {

    @TempDir
    Path folder;

    @Test
    void hasTheConfigurationOfTheCheckpointItWasMadeFrom() throws IOException {
        try (Checkpoint gguf = Checkpoint.open(Golden.path("gguf/gqa-Q8_0.gguf"));
                Checkpoint original = Checkpoint.open(Golden.path("tiny/gqa"))) {
            assertEquals(original.config(), gguf.config());
            assertEquals(original.names(), gguf.names());
        }
    }

    static Stream<String> quantisedGoldens() {
        return Golden.names("gguf").stream().filter(name -> name.endsWith(".gguf"));
    }

    /** Four bits leave an error of about 8 % of a tensor's size; rows in another order one of about 140 %. */
    @ParameterizedTest
    @MethodSource("quantisedGoldens")
    void quantisedNumbersAreNearTheOnesTheyWereMadeFrom(String name) throws IOException {
        try (Checkpoint gguf = Checkpoint.open(Golden.path("gguf/" + name));
                Checkpoint original = Checkpoint.open(Golden.path("tiny/" + name.split("-")[0]))) {
            for (String tensor : original.names()) {
                assertTrue(difference(gguf, original, tensor, 0) < 0.12, tensor);
                if (!tensor.endsWith("norm.weight")) {
                    assertTrue(difference(gguf, original, tensor, 1) > 1, tensor);
                }
            }
        }
    }

    @Test
    void readsTheWholeConfiguration() throws IOException {
        byte[] file = llama(5).number("llama.attention.head_count_kv", 2).real("llama.rope.freq_base", 5e5f)
                .text("llama.rope.scaling.type", "linear").real("llama.rope.scaling.factor", 4).number("llama.vocab_size", 3)
                .tensor("token_embd.weight", 0, 0, 8, 3).tensor("output.weight", 0, 96, 8, 3).pad().raw(new byte[192]).bytes();
        file[8] = 2;
        try (Checkpoint checkpoint = Checkpoint.open(write(file))) {
            assertEquals(new ModelConfig(new ModelShape(2, 8, 4, 2, 2, 6, 3, 32, false), 1e-5, 5e5, 4), checkpoint.config());
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("general.architecture is missing", GgufBytes.header(0, 0), "no general.architecture"),
                Arguments.of("another model", GgufBytes.header(0, 1).text("general.architecture", "qwen2"), "qwen2"),
                Arguments.of("part of a file", llama(1).number("split.count", 3), "one of 3 parts"),
                Arguments.of("mixture of experts", llama(1).number("llama.expert_count", 8), "llama.expert_count"),
                Arguments.of("head count by layer", llama(1).string("llama.attention.head_count_kv").integer(9).integer(5).whole(1)
                        .integer(1), "head_count_kv is a list"),
                Arguments.of("five key heads", llama(1).number("llama.attention.head_count_kv", 3), "3 key/value heads"),
                Arguments.of("partial rotation", llama(1).number("llama.rope.dimension_count", 4), "rope.dimension_count"),
                Arguments.of("yarn", embedded(llama(1).text("llama.rope.scaling.type", "yarn")), "yarn"),
                Arguments.of("no embedding", llama(0), "token_embd.weight"),
                Arguments.of("alien tensor", count(llama(0).tensor("blk.0.attn_q.bias", 0, 0, 8).pad().raw(new byte[32])),
                        "blk.0.attn_q.bias"),
                Arguments.of("Llama 3 rotation", count(llama(0).tensor("rope_freqs.weight", 0, 0, 8).pad().raw(new byte[32])),
                        "rope_freqs.weight"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesByNameWhatItCannotCompute(String kind, Object file, String complaint) throws IOException {
        Path path = write(file instanceof GgufBytes bytes ? bytes.bytes() : (byte[]) file);
        IOException refusal = assertThrows(IOException.class, () -> Checkpoint.open(path), kind);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }

    /** Width 8, 4 heads, 2 layers, with room for {@code more} metadata entries. */
    private static GgufBytes llama(int more) {
        return GgufBytes.header(0, 7 + more).text("general.architecture", "llama").number("llama.embedding_length", 8)
                .number("llama.attention.head_count", 4).number("llama.block_count", 2)
                .number("llama.feed_forward_length", 6).number("llama.context_length", 32)
                .real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    }

    private static byte[] embedded(GgufBytes file) {
        return count(file.tensor("token_embd.weight", 0, 0, 8, 3).pad().raw(new byte[96]));
    }

    /** One tensor. */
    private static byte[] count(GgufBytes file) {
        byte[] bytes = file.bytes();
        bytes[8] = 1;
        return bytes;
    }

    /** Root of the squared error over the squared numbers, with the rows of the original shifted. */
    private static double difference(Checkpoint gguf, Checkpoint original, String name, int shift) throws IOException {
        long[] shape = original.tensor(name).shape();
        int rows = shape.length == 1 ? 1 : (int) shape[0];
        double error = 0;
        double size = 0;
        for (int row = 0; row < rows; row++) {
            float[] here = row(gguf, name, row);
            float[] there = row(original, name, (row + shift) % rows);
            for (int i = 0; i < here.length; i++) {
                error += (here[i] - there[i]) * (here[i] - there[i]);
                size += there[i] * there[i];
            }
        }
        return Math.sqrt(error / size);
    }

    private static float[] row(Checkpoint checkpoint, String name, long row) throws IOException {
        TensorRows tensor = checkpoint.tensor(name);
        float[] numbers = new float[tensor.columns()];
        tensor.decode(row, numbers, 0);
        return numbers;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("model.gguf"), bytes);
    }
}
