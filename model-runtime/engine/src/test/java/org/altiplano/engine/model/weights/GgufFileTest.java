package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {

    @TempDir
    Path folder;

    @Test
    void readsMetadataOfEveryKind() throws IOException {
        byte[] bytes = GgufBytes.header(0, 10)
                .text("text", "Hällo").number("number", -1).real("real", 0.5f)
                .string("byte").integer(1).raw(new byte[] {-3})
                .string("flag").integer(7).raw(new byte[] {1})
                .string("long").integer(11).whole(-5)
                .string("texts").integer(9).integer(8).whole(2).string("a").string("")
                .string("ints").integer(9).integer(5).whole(2).integer(7).integer(-8)
                .string("floats").integer(9).integer(6).whole(1).integer(Float.floatToIntBits(1.5f))
                .string("longs").integer(9).integer(10).whole(1).whole(9).pad().bytes();
        // "ä" takes two bytes, so the length of that text is one short.
        bytes[24 + 8 + 4 + 4]++;
        try (GgufFile file = GgufFile.open(write(bytes))) {
            Map<String, Object> metadata = file.metadata();
            assertEquals("Hällo", metadata.get("text"));
            assertEquals(4_294_967_295L, metadata.get("number"));
            assertEquals(0.5, metadata.get("real"));
            assertEquals(-3L, metadata.get("byte"));
            assertEquals(true, metadata.get("flag"));
            assertEquals(-5L, metadata.get("long"));
            assertArrayEquals(new String[] {"a", ""}, (String[]) metadata.get("texts"));
            assertArrayEquals(new int[] {7, -8}, (int[]) metadata.get("ints"));
            assertArrayEquals(new float[] {1.5f}, (float[]) metadata.get("floats"));
            assertArrayEquals(new int[0], (int[]) metadata.get("longs"));
        }
    }

    @Test
    void readsTensorsWithTheirDimensionsTurnedRound() throws IOException {
        try (GgufFile file = GgufFile.open(write(oneTensor(8, 64, 3).raw(new byte[2 * 34 * 3]).bytes()))) {
            EncodedTensor tensor = file.tensor("t");
            assertEquals(BlockFormat.Q8_0, tensor.format());
            assertArrayEquals(new long[] {3, 64}, tensor.shape());
            assertEquals(204, tensor.data().remaining());
            assertEquals(3, tensor.rows());
            assertEquals(64, tensor.columns());
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("not GGUF", new GgufBytes().raw("GGML").integer(3).whole(0).whole(0), "does not begin with GGUF"),
                Arguments.of("version 1", new GgufBytes().raw("GGUF").integer(1).whole(0).whole(0), "version 1"),
                Arguments.of("big-endian", new GgufBytes().raw("GGUF").integer(3 << 24).whole(0).whole(0), "little-endian"),
                Arguments.of("cut", new GgufBytes().raw("GGUF").integer(3).integer(0), "ends within the number of tensors"),
                Arguments.of("2^60 tensors", GgufBytes.header(1L << 60, 0), "number of tensors at offset 8"),
                Arguments.of("100,000 pairs", GgufBytes.header(0, 100_000).raw(new byte[1_400_000]), "at most 65536"),
                Arguments.of("negative count", GgufBytes.header(-1, 0), "18446744073709551615"),
                Arguments.of("2^60 pairs", GgufBytes.header(0, 1L << 60), "number of metadata entries at offset 16"),
                Arguments.of("long key", GgufBytes.header(0, 1).whole(1L << 61).raw("general"), "metadata key"),
                Arguments.of("unknown type", GgufBytes.header(0, 1).string("k").integer(13).whole(0), "unknown type 13"),
                Arguments.of("nested arrays", GgufBytes.header(0, 1).string("k").integer(9).integer(9).whole(1).integer(9)
                        .whole(1).integer(9).whole(1), "array of arrays"),
                Arguments.of("long array", GgufBytes.header(0, 1).string("k").integer(9).integer(5).whole(1L << 40),
                        "the length of k"),
                Arguments.of("same key twice", GgufBytes.header(0, 2).number("k", 1).number("k", 2), "second k"),
                Arguments.of("bad alignment", GgufBytes.header(0, 1).number("general.alignment", 24), "general.alignment is 24"),
                Arguments.of("rank 9", GgufBytes.header(1, 0).string("t").integer(9).whole(1).integer(0).whole(0),
                        "9 dimensions"),
                Arguments.of("unknown tensor type", oneTensor(99, 32).raw(new byte[32]), "type number 99"),
                Arguments.of("half a block", oneTensor(8, 33).raw(new byte[64]), "no whole blocks"),
                Arguments.of("negative dimension", oneTensor(0, -4).raw(new byte[64]), "negative dimension"),
                Arguments.of("overflow", oneTensor(0, 1L << 40, 1L << 40).raw(new byte[64]), "more elements"),
                Arguments.of("too many bytes", oneTensor(0, 1L << 62).raw(new byte[64]), "larger than can be counted"),
                Arguments.of("past the end", oneTensor(0, 17).raw(new byte[64]), "lies outside"),
                Arguments.of("off the grid", GgufBytes.header(1, 0).tensor("t", 0, 4, 1).pad().raw(new byte[64]), "alignment"),
                Arguments.of("overlap", GgufBytes.header(2, 0).tensor("a", 0, 0, 16).tensor("b", 0, 32, 8).pad()
                        .raw(new byte[64]), "overlaps tensor a"),
                Arguments.of("same tensor twice", GgufBytes.header(2, 0).tensor("a", 0, 0, 8).tensor("a", 0, 32, 8).pad()
                        .raw(new byte[64]), "second tensor a"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesALyingFile(String kind, GgufBytes file, String complaint) throws IOException {
        Path path = write(file.bytes());
        IOException refusal = assertThrows(IOException.class, () -> GgufFile.open(path), kind);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(path.toString()), refusal.getMessage());
    }

    @Test
    void refusesTheHostileGolden() {
        assertThrows(IOException.class, () -> GgufFile.open(Golden.path("hostile/count-huge.gguf")));
    }

    @Test
    void noDamagedFileDoesMoreThanFail() throws IOException {
        byte[] original = GgufBytes.header(2, 3).text("general.architecture", "llama").number("general.alignment", 32)
                .string("texts").integer(9).integer(8).whole(3).string("one").string("two").string("three")
                .tensor("a", 8, 0, 32, 2).tensor("b", 0, 96, 8).pad().raw(new byte[128]).bytes();
        Mutations.of(original, 4_000, 12, folder.resolve("mutant"), path -> {
            try (GgufFile file = GgufFile.open(path)) {
                for (String name : file.names()) {
                    EncodedTensor tensor = file.tensor(name);
                    tensor.data().get(new byte[tensor.data().remaining()]);
                }
            }
        });
    }

    private static GgufBytes oneTensor(int type, long... dimensions) {
        return GgufBytes.header(1, 0).tensor("t", type, 0, dimensions).pad();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file.gguf"), bytes);
    }
}
