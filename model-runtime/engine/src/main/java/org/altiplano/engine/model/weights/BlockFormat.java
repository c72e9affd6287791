package org.altiplano.engine.model.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a checkpoint encodes numbers: plain types, and the blocks of GGUF, in which some numbers share a scale (and an
 * offset). The layouts are those of ggml's {@code ggml-common.h}; all fields are little-endian.
 */
public enum BlockFormat {
    F32(0, 1, 4) {
        @Override
        public void decode(ByteBuffer in, int at, float[] out, int to, int count) {
            in.slice(at, count * 4).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(out, to, count);
        }

        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            out[to] = Float.intBitsToFloat((int) INT.get(in, at));
        }
    },
    F16(1, 1, 2) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            out[to] = half(in, at);
        }
    },
    BF16(30, 1, 2) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            out[to] = Float16.fromBfloat16((short) SHORT.get(in, at));
        }
    },
    /** scale f16, 16 bytes: low nibbles are elements 0..15, high nibbles 16..31; x = scale * (q - 8). */
    Q4_0(2, 32, 18) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at);
            for (int i = 0; i < 16; i++) {
                int pair = in[at + 2 + i];
                out[to + i] = scale * ((pair & 15) - 8);
                out[to + 16 + i] = scale * ((pair >>> 4 & 15) - 8);
            }
        }
    },
    /** scale f16, least f16, nibbles as in Q4_0; x = scale * q + least. */
    Q4_1(3, 32, 20) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at);
            float least = half(in, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = in[at + 4 + i];
                out[to + i] = scale * (pair & 15) + least;
                out[to + 16 + i] = scale * (pair >>> 4 & 15) + least;
            }
        }
    },
    /** scale f16, fifth bits (32, element i at bit i), nibbles as in Q4_0; x = scale * (q - 16). */
    Q5_0(6, 32, 22) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at);
            int fifth = (int) INT.get(in, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = in[at + 6 + i];
                out[to + i] = scale * ((pair & 15 | (fifth >>> i & 1) << 4) - 16);
                out[to + 16 + i] = scale * ((pair >>> 4 & 15 | (fifth >>> i + 16 & 1) << 4) - 16);
            }
        }
    },
    /** scale f16, least f16, fifth bits, nibbles as in Q4_0; x = scale * q + least. */
    Q5_1(7, 32, 24) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at);
            float least = half(in, at + 2);
            int fifth = (int) INT.get(in, at + 4);
            for (int i = 0; i < 16; i++) {
                int pair = in[at + 8 + i];
                out[to + i] = scale * (pair & 15 | (fifth >>> i & 1) << 4) + least;
                out[to + 16 + i] = scale * (pair >>> 4 & 15 | (fifth >>> i + 16 & 1) << 4) + least;
            }
        }
    },
    /** scale f16, 32 signed bytes; x = scale * q. */
    Q8_0(8, 32, 34) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at);
            for (int i = 0; i < 32; i++) {
                out[to + i] = scale * in[at + 2 + i];
            }
        }
    },
    /** scale f16, offset f16, eight 6-bit scales and offsets in 12 bytes, 128 bytes of nibbles. */
    Q4_K(12, 256, 144) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            decodeK(in, at, at + 16, -1, out, to);
        }
    },
    /** As Q4_K, with 32 bytes of fifth bits before the nibbles. */
    Q5_K(13, 256, 176) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            decodeK(in, at, at + 48, at + 16, out, to);
        }
    },
    /** 128 bytes of low nibbles, 64 of upper bit pairs, 16 signed scales, scale f16; x = scale * scales[i / 16] * (q - 32). */
    Q6_K(14, 256, 210) {
        @Override
        void decodeBlock(byte[] in, int at, float[] out, int to) {
            float scale = half(in, at + 208);
            for (int part = 0; part < 2; part++) {
                int low = at + part * 64;
                int high = at + 128 + part * 32;
                int scales = at + 192 + part * 8;
                int first = to + part * 128;
                for (int i = 0; i < 32; i++) {
                    int upper = in[high + i];
                    int even = in[low + i];
                    int odd = in[low + 32 + i];
                    int group = scales + i / 16;
                    out[first + i] = scale * in[group] * ((even & 15 | (upper & 3) << 4) - 32);
                    out[first + 32 + i] = scale * in[group + 2] * ((odd & 15 | (upper >>> 2 & 3) << 4) - 32);
                    out[first + 64 + i] = scale * in[group + 4] * ((even >>> 4 & 15 | (upper >>> 4 & 3) << 4) - 32);
                    out[first + 96 + i] = scale * in[group + 6] * ((odd >>> 4 & 15 | (upper >>> 6 & 3) << 4) - 32);
                }
            }
        }
    };

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int number;
    private final int elements;
    private final int bytes;

    BlockFormat(int number, int elements, int bytes) {
        this.number = number;
        this.elements = elements;
        this.bytes = bytes;
    }

    /** The format of that number in GGUF files, if it can be read. */
    static Optional<BlockFormat> ofNumber(int number) {
        return Arrays.stream(values()).filter(format -> format.number == number).findFirst();
    }

    /** Every format, as words of a sentence. */
    static String all() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** Numbers in a block. */
    public int elements() {
        return elements;
    }

    /** Size of a block. */
    public int bytes() {
        return bytes;
    }

    /**
     * Decodes whole blocks to floats.
     *
     * @param at byte of {@code in} where the first block begins
     * @param out takes the numbers
     * @param to index of the first
     * @param count how many numbers; a multiple of {@link #elements()}
     */
    public void decode(ByteBuffer in, int at, float[] out, int to, int count) {
        byte[] encoded = new byte[count / elements * bytes];
        in.get(at, encoded);
        for (int done = 0, from = 0; done < count; done += elements, from += bytes) {
            decodeBlock(encoded, from, out, to + done);
        }
    }

    abstract void decodeBlock(byte[] in, int at, float[] out, int to);

    private static float half(byte[] in, int at) {
        return Float16.fromBinary16((short) SHORT.get(in, at));
    }

    /**
     * Q4_K and Q5_K: 8 groups of 32, x = scale * scales[g] * q - offset * offsets[g]. Groups 2n and 2n+1 share 32 bytes,
     * as low and as high nibbles; the fifth bit of group g is bit g of 32 bytes shared by all groups.
     */
    private static void decodeK(byte[] in, int at, int nibbles, int fifths, float[] out, int to) {
        float scale = half(in, at);
        float offset = half(in, at + 2);
        for (int group = 0; group < 8; group++) {
            float groupScale = scale * groupScale(in, at + 4, group);
            float groupOffset = offset * groupOffset(in, at + 4, group);
            int row = nibbles + group / 2 * 32;
            if (fifths < 0) {
                decodeGroup(in, row, group % 2 * 4, groupScale, groupOffset, out, to + group * 32);
            } else {
                decodeGroup(in, row, group % 2 * 4, fifths, group, groupScale, groupOffset, out, to + group * 32);
            }
        }
    }

    private static void decodeGroup(byte[] in, int row, int shift, float scale, float offset, float[] out, int to) {
        for (int i = 0; i < 32; i++) {
            out[to + i] = scale * (in[row + i] >>> shift & 15) - offset;
        }
    }

    private static void decodeGroup(byte[] in, int row, int shift, int fifths, int bit, float scale, float offset, float[] out,
            int to) {
        for (int i = 0; i < 32; i++) {
            out[to + i] = scale * (in[row + i] >>> shift & 15 | (in[fifths + i] >>> bit & 1) << 4) - offset;
        }
    }

    /** 6-bit scale of a group: bits 0-5 of byte g; from the fifth on low nibble of byte g + 4, then bits 6-7 of byte g - 4. */
    private static int groupScale(byte[] in, int at, int group) {
        return group < 4 ? in[at + group] & 63
                : in[at + group + 4] & 15 | (in[at + group - 4] >>> 6 & 3) << 4;
    }

    /** 6-bit offset of a group: bits 0-5 of byte g + 4; from the fifth on high nibble of byte g + 4, then bits 6-7 of byte g. */
    private static int groupOffset(byte[] in, int at, int group) {
        return group < 4 ? in[at + group + 4] & 63
                : in[at + group + 4] >>> 4 & 15 | (in[at + group] >>> 6 & 3) << 4;
    }
}
