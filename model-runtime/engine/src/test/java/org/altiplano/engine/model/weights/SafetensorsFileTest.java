package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

    @TempDir
    Path folder;

    @Test
    void readsWhatTheWriterWrote() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(twoTensors())) {
            assertEquals(Set.of("a.weight", "b.weight"), file.names());
            StoredTensor a = file.tensor("a.weight");
            assertEquals(StoredTensor.Type.F16, a.type());
            assertArrayEquals(new long[] {2, 2}, a.shape());
            assertEquals(8, a.elements().count());
            assertEquals(0x3c01, Elements.of(a).getShort(2));
            assertEquals(-7.5f, Elements.of(file.tensor("b.weight")).getFloat(8));
        }
    }

    @Test
    void aTensorMayChangeItsTypeWhileItIsWritten() throws IOException {
        Path path = folder.resolve("changed.safetensors");
        try (SafetensorsWriter writer = new SafetensorsWriter(path, List.of("x", "y"))) {
            writer.begin("x", StoredTensor.Type.F16, 2);
            writer.write(shorts(1));
            writer.begin("x", StoredTensor.Type.F32, 2);
            writer.write(floats(1e6f, 2));
            writer.begin("y", StoredTensor.Type.F32, 1);
            writer.write(floats(3));
            writer.finish();
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(1e6f, Elements.of(file.tensor("x")).getFloat(0));
            assertEquals(3f, Elements.of(file.tensor("y")).getFloat(0));
        }
    }

    @Test
    void readsAFileOfTheReferenceLibrary() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(Golden.path("tiny/gqa").resolve("model.safetensors"))) {
            assertArrayEquals(new long[] {320, 128}, file.tensor("model.embed_tokens.weight").shape());
            assertEquals(StoredTensor.Type.F32, file.tensor("model.norm.weight").type());
            assertThrows(NoSuchElementException.class, () -> file.tensor("absent"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}|8|cover 0 of the 8 bytes",
        "[]|0|no JSON object",
        "{\"a\":|0|no valid JSON",
        "{} x|0|no valid JSON at offset 12",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|4|Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1024],\"data_offsets\":[0,4096]}}|24|tensor a at offset 0 to 4096 lies outside",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,16]}}|16|tensor a at offset 0 to 16 does not have the 8 elements",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}|24|overlaps tensor a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|8|cover 4 of the 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}|8|does not have",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-1],\"data_offsets\":[0,4]}}|4|no valid shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,16]}}|16|more elements than can be counted",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e3],\"data_offsets\":[0,16]}}|16|no valid shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16,16]}}|16|3 data_offsets",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[0,16]}}|16|unknown type 'F4'",
        "{\"a\":7}|0|unknown type"})
    void refusesALyingHeader(String header, int dataBytes, String complaint) throws IOException {
        Path path = write(header, dataBytes);
        IOException refusal = assertThrows(IOException.class, () -> SafetensorsFile.open(path));
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(path.toString()), refusal.getMessage());
    }

    @Test
    void aHeaderIsUtf8WhateverItsFirstBytesLookLike() throws IOException {
        Path path = write("\0\0\0{ }\0\0\0\0\0", 0);
        IOException refusal = assertThrows(IOException.class, () -> SafetensorsFile.open(path));
        assertTrue(refusal.getMessage().contains(path + ": the header is no valid JSON at offset "), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"header-huge.safetensors", "overlap.safetensors"})
    void refusesTheHostileGoldens(String name) {
        assertThrows(IOException.class, () -> SafetensorsFile.open(Golden.path("hostile/" + name)));
    }

    @Test
    void aFileThatIsCutOffUnderItsReaderIsAnErrorThatNamesTheTensor() throws IOException {
        Path path = twoTensors();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            StoredTensor b = file.tensor("b.weight");
            try (FileChannel cut = FileChannel.open(path, StandardOpenOption.WRITE)) {
                cut.truncate(cut.size() - 4);
            }
            UncheckedIOException refusal = assertThrows(UncheckedIOException.class, () -> Elements.of(b));
            assertTrue(refusal.getMessage().endsWith("within its tensor b.weight."), refusal.getMessage());
        }
    }

    @Test
    void refusesTypesThatItCannotGiveOnlyWhenTheyAreAskedFor() throws IOException {
        Path path = write("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            UncheckedIOException refusal = assertThrows(UncheckedIOException.class, () -> file.tensor("a"));
            assertTrue(refusal.getMessage().contains("I64"), refusal.getMessage());
        }
    }

    @Test
    void noDamagedFileDoesMoreThanFail() throws IOException {
        Mutations.of(Files.readAllBytes(twoTensors()), 4_000, 11, folder.resolve("mutant"), path -> {
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                for (String name : file.names()) {
                    try {
                        Elements.of(file.tensor(name));
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    }
                }
            }
        });
    }

    private Path twoTensors() throws IOException {
        Path path = folder.resolve("two.safetensors");
        try (SafetensorsWriter writer = new SafetensorsWriter(path, List.of("a.weight", "b.weight"))) {
            writer.begin("a.weight", StoredTensor.Type.F16, 2, 2);
            writer.write(shorts(0x3c00, 0x3c01, 0x3c02, 0x3c03));
            writer.begin("b.weight", StoredTensor.Type.F32, 3);
            writer.write(floats(1, 2));
            writer.write(floats(-7.5f));
            writer.finish();
        }
        return path;
    }

    private Path write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        return Files.write(folder.resolve("file.safetensors"), file.array());
    }

    private static ByteBuffer shorts(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.flip();
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }
}
