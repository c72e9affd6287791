package org.altiplano.engine.model.weights;

/** IEEE 754 binary16 and bfloat16, which Java 17 does not know. */
public final class Float16 {

    /** The least magnitude that rounds beyond the largest binary16 number, 65 504. */
    static final float OVERFLOW = 65_520f;

    private Float16() {
    }

    /**
     * Encodes numbers as binary16, until one is beyond its range.
     *
     * @param out with room for all
     * @return whether all were in range
     */
    public static boolean encode(float[] numbers, int count, short[] out) {
        for (int i = 0; i < count; i++) {
            if (Math.abs(numbers[i]) >= OVERFLOW) {
                return false;
            }
            out[i] = toBinary16(numbers[i]);
        }
        return true;
    }

    static float fromBinary16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            float subnormal = mantissa * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
    }

    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest binary16 number, ties to even; {@code |value|} must be below {@link #OVERFLOW}. */
    static short toBinary16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude < 113 << 23) {
            // Below 2^-14 binary16 counts in units of 2^-24, as floats from 1/2 to 1 do: the addition rounds.
            return (short) (sign | Float.floatToRawIntBits(Math.abs(value) + 0.5f) - 0x3f000000);
        }
        int tie = magnitude >>> 13 & 1;
        return (short) (sign | magnitude - (112 << 23) + 0xfff + tie >>> 13);
    }
}
