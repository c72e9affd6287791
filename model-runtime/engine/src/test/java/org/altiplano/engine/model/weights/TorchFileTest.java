package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    private static final long[] SIX = {2, 3};
    private static final long[] STRIDES = {3, 1};

    @TempDir
    Path folder;

    @Test
    void readsAFileOfPyTorchItself() throws IOException {
        try (TorchFile file = TorchFile.open(Golden.path("meta/mha-mp2").resolve("consolidated.01.pth"));
                SafetensorsFile original = SafetensorsFile.open(Golden.path("tiny/mha").resolve("model.safetensors"))) {
            assertEquals(22, file.names().size());
            TensorRows output = file.tensor("output.weight");
            assertEquals(BlockFormat.F16, output.format());
            assertArrayEquals(new long[] {224, 64}, output.shape());
            assertArrayEquals(row(original.encoded("lm_head.weight"), 224 + 7), row(output, 7));
            assertThrows(NoSuchElementException.class, () -> file.tensor("absent"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsSmallAndLargeFormsOfTheZip(boolean wide) throws IOException {
        Path path = write(new TorchBytes(wide).floats("a", new float[] {1, 2, 3, 4, 5, 6}, SIX).floats("b", new float[] {7}, 1).bytes());
        try (TorchFile file = TorchFile.open(path)) {
            assertEquals(List.of("a", "b"), List.copyOf(file.names()));
            assertArrayEquals(new float[] {4, 5, 6}, row(file.tensor("a"), 1));
            assertArrayEquals(new float[] {7}, row(file.tensor("b"), 0));
        }
    }

    @Test
    void readsEveryTypeOfStorage() throws IOException {
        TorchBytes bytes = new TorchBytes()
                .tensor("half", "HalfStorage", new byte[] {0, 0x3c, 0, (byte) 0xc0}, 2, 0, new long[] {2}, new long[] {1})
                .tensor("brain", "BFloat16Storage", new byte[] {(byte) 0x80, 0x3f}, 1, 0, new long[] {1}, new long[] {1});
        try (TorchFile file = TorchFile.open(write(bytes.bytes()))) {
            assertArrayEquals(new float[] {1, -2}, row(file.tensor("half"), 0));
            assertArrayEquals(new float[] {1}, row(file.tensor("brain"), 0));
        }
    }

    @Test
    void readsViewsIntoAStorage() throws IOException {
        byte[] numbers = floats(0, 1, 2, 3, 4, 5, 6, 7);
        TorchBytes bytes = new TorchBytes()
                .tensor("turned", "FloatStorage", numbers, 8, 1, new long[] {3, 2}, new long[] {1, 3})
                .tensor("tail", "FloatStorage", numbers, 8, 5, new long[] {1, 3}, new long[] {99, 1})
                .tensor("odd", "FloatStorage", numbers, 8, 1, new long[] {4}, new long[] {2});
        Path path = write(bytes.bytes());
        try (TorchFile file = TorchFile.open(path)) {
            TensorRows turned = file.tensor("turned");
            assertArrayEquals(new float[] {1, 4}, row(turned, 0));
            assertArrayEquals(new float[] {3, 6}, row(turned, 2));
            ByteBuffer copy = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            turned.copy(2, copy);
            assertEquals(6f, copy.getFloat(4));
            assertArrayEquals(new float[] {5, 6, 7}, row(file.tensor("tail"), 0));
            assertArrayEquals(new float[] {1, 3, 5, 7}, row(file.tensor("odd"), 0));
            assertTrue(turned.place(2, 1).startsWith(path + ": tensor turned at offset "), turned.place(2, 1));
        }
    }

    @Test
    void theVersionsThatTorchHangsOnADictionaryAreLeftOut() throws IOException {
        TorchBytes bytes = new TorchBytes().floats("a", new float[] {1}, 1);
        bytes.op('u').op('}', '(').text("_metadata").op('}').op('u', 'b', '.');
        try (TorchFile file = TorchFile.open(write(bytes.raw()))) {
            assertEquals(1, file.names().size());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "system.pth|names posix.system (",
        "exec.pth|names builtins.exec (",
        "system-legacy.pth|torch.save(torch.load(OLD, weights_only=True), NEW)",
        "tensor-past-end.pth|tensor x has 1048576 numbers from number 0 on and reaches out of the 16",
        "truncated.pth|cut off"})
    void refusesTheHostileGoldens(String name, String complaint) {
        Path path = Golden.path("hostile").resolve(name);
        IOException refusal = assertThrows(IOException.class, () -> TorchFile.open(path));
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(path.toString()), refusal.getMessage());
    }

    static Stream<Arguments> lies() {
        TorchBytes good = new TorchBytes().floats("good", new float[] {1}, 1);
        return Stream.of(
                pickle("a function by two texts", bytes().text("a").op(0x8c, 5, 'p', 'o', 's', 'i', 'x', 0x8c, 6, 's', 'y', 's', 't', 'e',
                        'm', 0x93), "names posix.system"),
                pickle("a torch name that unpickles again", bytes().global("torch.storage", "_load_from_bytes"),
                        "torch.storage._load_from_bytes"),
                pickle("a dotted name", bytes().global("torch", "os.system"), "names torch.os.system"),
                pickle("a type of torch.nn", bytes().global("torch.nn.modules.linear", "Linear"), "Linear"),
                pickle("integers", bytes().text("a").rebuild("LongStorage", "0", 1, 0, SIX, STRIDES), "torch.LongStorage"),
                pickle("making an object", bytes().op(')', 0x81), "opcode 0x81"),
                pickle("a registered extension", bytes().op(0x82, 1), "opcode 0x82"),
                pickle("protocol 0", bytes().op('S', '\'', 'a', '\'', '\n'), "opcode 0x53"),
                pickle("another protocol", bytes().op(0x80, 6), "protocol 6"),
                pickle("attributes of a tensor", bytes().text("a").rebuild("FloatStorage", "0", 1, 0, SIX, STRIDES).op('}', 'b'),
                        "no dictionary"),
                pickle("calling a storage", bytes().global("torch", "FloatStorage").op(')', 'R'), "cannot be called"),
                pickle("a filled dictionary", bytes().global("collections", "OrderedDict").tuple(1).op('R'), "cannot be called"),
                pickle("calling a text", bytes().text("a").op(')', 'R'), "cannot be called"),
                pickle("other arguments", bytes().global("torch._utils", "_rebuild_tensor_v2").tuple(1).op('R'), "from what is none"),
                pickle("another persistent id", bytes().text("module").op('Q'), "no storage"),
                pickle("an empty stack", bytes().op('u', 0x87), "empty stack"),
                pickle("no mark", bytes().op('u', 't'), "mark that is not there"),
                pickle("nothing kept", bytes().op('h', 7), "number 7, which was never kept"),
                pickle("a text beyond the end", bytes().op('X', 255, 255, 255, 127), "2147483647 bytes"),
                pickle("a long text", bytes().text("a".repeat(1_001)), "1001 bytes"),
                pickle("a line break in a name", bytes().text("a\nb"), "control characters"),
                pickle("a long number", bytes().op(0x8a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9), "number of 9 bytes"),
                pickle("a frame beyond the end", bytes().op(0x95, 0, 0, 0, 0, 0, 0, 0, 1), "frame"),
                pickle("fifty thousand marks", marks(), "ends too early"),
                pickle("no end", bytes(), "ends too early"),
                pickle("two values", bytes().op('u', '}', '.'), "one dictionary"),
                pickle("bytes after the end", bytes().op('u', '.', '.'), "one dictionary"),
                pickle("no tensor", bytes().text("a").number(1).op('u', '.'), "has no tensor as a"),
                pickle("numbers as keys", bytes().number(1).number(1).op('u', '.'), "key is no text"),
                pickle("the same name twice", bytes().text("a").number(1).text("a").number(1).op('u', '.'), "second a"),
                tensor("no such entry", 6, 0, SIX, STRIDES, "data/7, which is missing", "7"),
                tensor("other length", 5, 0, SIX, STRIDES, "24 bytes and not the 5 numbers", "0"),
                tensor("negative length", -6, 0, SIX, STRIDES, "not the -6 numbers", "0"),
                tensor("huge length", 1L << 62, 0, SIX, STRIDES, "not the 4611686018427387904", "0"),
                tensor("behind the end", 6, 1, SIX, STRIDES, "reaches out", "0"),
                tensor("before the start", 6, -1, SIX, STRIDES, "reaches out", "0"),
                tensor("far behind", 6, Long.MAX_VALUE, SIX, STRIDES, "reaches out", "0"),
                tensor("negative stride", 6, 3, SIX, new long[] {-3, 1}, "negative stride -3", "0"),
                tensor("wide stride", 6, 0, SIX, new long[] {4, 1}, "reaches out", "0"),
                tensor("endless stride", 6, 0, SIX, new long[] {Long.MAX_VALUE, Long.MAX_VALUE}, "further than can be counted", "0"),
                tensor("one number many times", 6, 0, new long[] {1 << 20, 1 << 20}, new long[] {0, 0}, "reaches out", "0"),
                tensor("uncountable", 6, 0, new long[] {1L << 40, 1L << 40}, new long[] {1, 1}, "more elements than", "0"),
                tensor("negative dimension", 6, 0, new long[] {-2, 3}, STRIDES, "negative dimension", "0"),
                tensor("too few strides", 6, 0, SIX, new long[] {1}, "2 dimensions and 1 strides", "0"),
                Arguments.of("big-endian", new ZipBytes(false).entry("a/data.pkl", new byte[1])
                        .entry("a/byteorder", "big".getBytes(StandardCharsets.US_ASCII)).bytes(), "does not say little"),
                Arguments.of("no pickle", new ZipBytes(false).entry("a/b", new byte[1]).bytes(), "0 entries NAME/data.pkl"),
                Arguments.of("two pickles", new ZipBytes(false).entry("a/data.pkl", new byte[1]).entry("b/data.pkl", new byte[1]).bytes(),
                        "2 entries NAME/data.pkl"),
                Arguments.of("a long pickle", new ZipBytes(false).entry("a/data.pkl", new byte[1 << 21]).bytes(), "at most 1048576"),
                Arguments.of("no zip", "neither zip nor pickle".getBytes(StandardCharsets.US_ASCII), "does not begin as the zip"),
                Arguments.of("nothing", new byte[0], "does not begin as the zip"),
                Arguments.of("no directory", Arrays.copyOf(good.bytes(), 200), "cut off"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesALyingFile(String kind, byte[] bytes, String complaint) throws IOException {
        Path path = write(bytes);
        IOException refusal = assertThrows(IOException.class, () -> TorchFile.open(path), kind);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(path.toString()), refusal.getMessage());
    }

    /** A record of the directory begins 22 + 3 * 46 + names before the end; the fields stand where APPNOTE.TXT says. */
    static Stream<Arguments> lyingDirectories() {
        return Stream.of(
                Arguments.of("compressed", 10, 8, "compressed or encrypted"),
                Arguments.of("encrypted", 8, 1, "compressed or encrypted"),
                Arguments.of("other size", 20, 5, "and 5 stored ones"),
                Arguments.of("beyond the directory", 30, 0x7000, "leaves the zip directory"),
                Arguments.of("no record", 0, 1, "no record of the zip directory"),
                Arguments.of("no header", 42, 3, "no header of entry"),
                Arguments.of("header beyond the end", 42, 0x7fffffff, "lies beyond"),
                Arguments.of("other name", 46, 'b', "another name in its own header"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lyingDirectories")
    void refusesALyingDirectory(String kind, int field, int value, String complaint) throws IOException {
        byte[] bytes = new TorchBytes().floats("a", new float[] {1}, 1).bytes();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int record = file.getInt(bytes.length - 22 + 16);
        if (field == 20 || field == 42) {
            file.putInt(record + field, value);
        } else if (field == 46) {
            file.put(record + field, (byte) value);
        } else {
            file.putShort(record + field, (short) value);
        }
        IOException refusal = assertThrows(IOException.class, () -> TorchFile.open(write(bytes)), kind);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("offset"), refusal.getMessage());
    }

    @Test
    void refusesEntriesThatShareBytes() throws IOException {
        byte[] bytes = new ZipBytes(false).entry("a/data.pkl", new byte[40]).entry("a/data/0", new byte[8]).bytes();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int record = file.getInt(bytes.length - 22 + 16);
        file.putInt(record + 20, 84).putInt(record + 24, 84);
        IOException refusal = assertThrows(IOException.class, () -> TorchFile.open(write(bytes)));
        assertTrue(refusal.getMessage().contains("overlaps entry a/data.pkl"), refusal.getMessage());
    }

    @Test
    void noDamagedFileDoesMoreThanFail() throws IOException {
        byte[] numbers = floats(0, 1, 2, 3, 4, 5, 6, 7);
        for (boolean wide : new boolean[] {false, true}) {
            byte[] original = new TorchBytes(wide).floats("a", new float[] {1, 2, 3, 4, 5, 6}, SIX)
                    .tensor("b", "HalfStorage", numbers, 16, 1, new long[] {3, 2}, new long[] {1, 3}).bytes();
            Mutations.of(original, 2_000, 17, folder.resolve("mutant"), TorchFileTest::readAll);
        }
        byte[] real = Files.readAllBytes(Golden.path("hostile").resolve("system.pth"));
        Mutations.of(real, 1_000, 18, folder.resolve("mutant"), TorchFileTest::readAll);
    }

    private static void readAll(Path path) throws IOException {
        try (TorchFile file = TorchFile.open(path)) {
            for (String name : file.names()) {
                TensorRows tensor = file.tensor(name);
                for (long row = 0; row < tensor.rows() && tensor.columns() > 0; row++) {
                    row(tensor, row);
                }
            }
        }
    }

    private static TorchBytes bytes() {
        return new TorchBytes();
    }

    private static TorchBytes marks() {
        int[] marks = new int[50_000];
        Arrays.fill(marks, '(');
        return bytes().op(marks);
    }

    private static Arguments pickle(String kind, TorchBytes bytes, String complaint) {
        return Arguments.of(kind, bytes.raw(), complaint);
    }

    /** Six float32 numbers under the key 0, and a tensor that says this of them. */
    private static Arguments tensor(String kind, long elements, long offset, long[] shape, long[] strides, String complaint, String key) {
        return Arguments.of(kind, bytes().entry("data/0", new byte[24]).text("a").rebuild("FloatStorage", key, elements, offset,
                shape, strides).bytes(), complaint);
    }

    private static float[] row(TensorRows rows, long row) {
        float[] numbers = new float[rows.columns()];
        rows.decode(row, numbers, 0);
        return numbers;
    }

    private static byte[] floats(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file.pth"), bytes);
    }
}
