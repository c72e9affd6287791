package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks whose numbers were worked out by hand from ggml's layouts. Halves: 0x3800 is 0.5, 0x4000 is 2, 0xbc00 is -1. */
class BlockFormatTest {

    @Test
    void decodesPlainNumbers() {
        assertEquals(-2.5f, decode(BlockFormat.F32, block(4).putFloat(0, -2.5f))[0]);
        assertEquals(0.5f, decode(BlockFormat.F16, block(2).putShort(0, (short) 0x3800))[0]);
        assertEquals(-1f, decode(BlockFormat.BF16, block(2).putShort(0, (short) 0xbf80))[0]);
    }

    @Test
    void decodesQ4_0() {
        ByteBuffer block = block(18).putShort(0, (short) 0x3800).put(2, (byte) 0xf0).put(17, (byte) 0x2b);
        float[] numbers = decode(BlockFormat.Q4_0, block);
        assertEquals(0.5f * (0 - 8), numbers[0]);
        assertEquals(0.5f * (15 - 8), numbers[16]);
        assertEquals(0.5f * (11 - 8), numbers[15]);
        assertEquals(0.5f * (2 - 8), numbers[31]);
    }

    @Test
    void decodesQ4_1() {
        ByteBuffer block = block(20).putShort(0, (short) 0x3800).putShort(2, (short) 0xbc00).put(4, (byte) 0xf3)
                .put(19, (byte) 0x81);
        float[] numbers = decode(BlockFormat.Q4_1, block);
        assertEquals(0.5f * 3 - 1, numbers[0]);
        assertEquals(0.5f * 15 - 1, numbers[16]);
        assertEquals(0.5f * 1 - 1, numbers[15]);
        assertEquals(0.5f * 8 - 1, numbers[31]);
        assertEquals(-1f, numbers[5]);
    }

    @Test
    void decodesQ5_0() {
        ByteBuffer block = block(22).putShort(0, (short) 0x4000).putInt(2, 1 | 1 << 31).put(6, (byte) 0x21)
                .put(21, (byte) 0x43);
        float[] numbers = decode(BlockFormat.Q5_0, block);
        assertEquals(2f * (1 + 16 - 16), numbers[0]);
        assertEquals(2f * (2 - 16), numbers[16]);
        assertEquals(2f * (3 - 16), numbers[15]);
        assertEquals(2f * (4 + 16 - 16), numbers[31]);
    }

    @Test
    void decodesQ5_1() {
        ByteBuffer block = block(24).putShort(0, (short) 0x4000).putShort(2, (short) 0xbc00).putInt(4, 1 << 15 | 1 << 16)
                .put(8, (byte) 0x21).put(23, (byte) 0x43);
        float[] numbers = decode(BlockFormat.Q5_1, block);
        assertEquals(2f * 1 - 1, numbers[0]);
        assertEquals(2f * (2 + 16) - 1, numbers[16]);
        assertEquals(2f * (3 + 16) - 1, numbers[15]);
        assertEquals(2f * 4 - 1, numbers[31]);
    }

    @Test
    void decodesQ8_0() {
        ByteBuffer block = block(34).putShort(0, (short) 0x3800).put(2, (byte) -128).put(33, (byte) 127);
        float[] numbers = decode(BlockFormat.Q8_0, block);
        assertEquals(-64f, numbers[0]);
        assertEquals(0f, numbers[1]);
        assertEquals(63.5f, numbers[31]);
    }

    @Test
    void decodesQ4_K() {
        ByteBuffer block = kBlock(144).put(16, (byte) 0x93).put(16 + 96 + 31, (byte) 0x57);
        float[] numbers = decode(BlockFormat.Q4_K, block);
        // Group 0: scale 2 * 5, offset -1 * 9; group 1 has neither.
        assertEquals(10f * 3 + 9, numbers[0]);
        assertEquals(9f, numbers[1]);
        assertEquals(0f, numbers[32]);
        // Group 6: scale 2 * (7 + 2 * 16), offset -1 * (12 + 3 * 16); group 7: scale 2 * (1 + 16), offset -1 * 4.
        assertEquals(78f * 7 + 60, numbers[6 * 32 + 31]);
        assertEquals(34f * 5 + 4, numbers[7 * 32 + 31]);
    }

    @Test
    void decodesQ5_K() {
        ByteBuffer block = kBlock(176).put(48, (byte) 0x93).put(48 + 96 + 31, (byte) 0x57).put(16, (byte) 1)
                .put(16 + 31, (byte) 0x80);
        float[] numbers = decode(BlockFormat.Q5_K, block);
        assertEquals(10f * (3 + 16) + 9, numbers[0]);
        assertEquals(78f * 7 + 60, numbers[6 * 32 + 31]);
        assertEquals(34f * (5 + 16) + 4, numbers[7 * 32 + 31]);
    }

    @Test
    void decodesQ6_K() {
        ByteBuffer block = block(210).putShort(208, (short) 0x3800);
        block.put(192, (byte) 2).put(192 + 2, (byte) -3).put(192 + 4, (byte) 4).put(192 + 6, (byte) 5);
        block.put(0, (byte) 0xa1).put(32, (byte) 0xb2).put(128, (byte) 0b11_10_01_00);
        block.put(192 + 8 + 7, (byte) 10).put(64 + 32 + 31, (byte) 0xf0).put(128 + 32 + 31, (byte) 0b11_00_00_00);
        float[] numbers = decode(BlockFormat.Q6_K, block);
        assertEquals(0.5f * 2 * (1 - 32), numbers[0]);
        assertEquals(0.5f * -3 * (2 + 16 - 32), numbers[32]);
        assertEquals(0.5f * 4 * (10 + 32 - 32), numbers[64]);
        assertEquals(0.5f * 5 * (11 + 48 - 32), numbers[96]);
        assertEquals(0.5f * 10 * (15 + 48 - 32), numbers[255]);
    }

    /** Random blocks and what gguf-py makes of them, bit by bit. */
    @ParameterizedTest
    @EnumSource(value = BlockFormat.class, names = {"F32", "F16"}, mode = EnumSource.Mode.EXCLUDE)
    void decodesWhatTheReferenceDecodes(BlockFormat format) throws IOException {
        JsonNode golden = new ObjectMapper().readTree(Golden.path("blocks.json").toFile()).get(format.name());
        byte[] encoded = HexFormat.of().parseHex(golden.get("encoded").textValue());
        ByteBuffer expected = ByteBuffer.wrap(HexFormat.of().parseHex(golden.get("numbers").textValue()));
        float[] numbers = new float[encoded.length / format.bytes() * format.elements()];
        format.decode(ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN), 0, numbers, 0, numbers.length);
        assertEquals(expected.remaining() / 4, numbers.length);
        for (float number : numbers) {
            assertEquals(expected.getInt(), Float.floatToRawIntBits(number));
        }
    }

    @Test
    void decodesEveryBlockOfARow() {
        ByteBuffer row = block(1 + 3 * 34);
        for (int i = 0; i < 3; i++) {
            row.putShort(1 + i * 34, (short) 0x3c00).put(1 + i * 34 + 2, (byte) (i + 1));
        }
        float[] numbers = new float[96];
        BlockFormat.Q8_0.decode(row, 1, numbers, 0, 96);
        assertEquals(1f, numbers[0]);
        assertEquals(2f, numbers[32]);
        assertEquals(3f, numbers[64]);
    }

    /** Scale 2, offset -1; the 6-bit scales of groups 0, 6, 7 are 5, 39, 17 and their offsets 9, 60, 4. */
    private static ByteBuffer kBlock(int bytes) {
        ByteBuffer block = block(bytes).putShort(0, (short) 0x4000).putShort(2, (short) 0xbc00);
        block.put(4, (byte) 5).put(4 + 4, (byte) 9);
        block.put(4 + 10, (byte) (7 | 12 << 4)).put(4 + 2, (byte) (2 << 6)).put(4 + 6, (byte) (3 << 6));
        return block.put(4 + 11, (byte) (1 | 4 << 4)).put(4 + 3, (byte) (1 << 6));
    }

    private static float[] decode(BlockFormat format, ByteBuffer block) {
        assertEquals(format.bytes(), block.capacity());
        float[] numbers = new float[format.elements()];
        format.decode(block, 0, numbers, 0, numbers.length);
        return numbers;
    }

    private static ByteBuffer block(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
