package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Float16Test {

    @Test
    void everyFiniteHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float value = Float16.fromBinary16((short) bits);
            if (Float.isFinite(value)) {
                assertEquals((short) bits, Float16.toBinary16(value));
            } else {
                assertEquals(0x7c00, bits & 0x7c00);
            }
        }
    }

    @Test
    void knowsTheLandmarksOfTheStandard() {
        assertEquals(1f, Float16.fromBinary16((short) 0x3c00));
        assertEquals(-2f, Float16.fromBinary16((short) 0xc000));
        assertEquals(65_504f, Float16.fromBinary16((short) 0x7bff));
        assertEquals(0x1p-24f, Float16.fromBinary16((short) 1));
        assertEquals(Float.NEGATIVE_INFINITY, Float16.fromBinary16((short) 0xfc00));
        assertTrue(Float.isNaN(Float16.fromBinary16((short) 0x7e00)));
        assertEquals(1f, Float16.fromBfloat16((short) 0x3f80));
    }

    @Test
    void roundsToTheNearestHalfAndTiesToEven() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Math.abs(value) < Float16.OVERFLOW) {
                assertNearest(value);
            }
        }
        for (int bits = 0; bits < 0x7bff; bits++) {
            double low = Float16.fromBinary16((short) bits);
            double high = Float16.fromBinary16((short) (bits + 1));
            float middle = (float) ((low + high) / 2);
            assertEquals(bits % 2 == 0 ? bits : bits + 1, Float16.toBinary16(middle) & 0xffff);
            assertEquals(bits, Float16.toBinary16(Math.nextDown(middle)) & 0xffff);
            assertEquals(bits + 1, Float16.toBinary16(Math.nextUp(middle)) & 0xffff);
        }
    }

    @Test
    void stopsAtTheFirstNumberBeyondItsRange() {
        assertTrue(Float16.encode(new float[] {1, 65_519}, 2, new short[2]));
        assertFalse(Float16.encode(new float[] {1, 65_520}, 2, new short[2]));
        assertFalse(Float16.encode(new float[] {-70_000, 1}, 2, new short[2]));
    }

    private static void assertNearest(float value) {
        int bits = Float16.toBinary16(value) & 0x7fff;
        double error = Math.abs(Float16.fromBinary16((short) bits) - Math.abs((double) value));
        if (bits > 0) {
            assertTrue(error <= Math.abs(Float16.fromBinary16((short) (bits - 1)) - Math.abs((double) value)));
        }
        if (bits < 0x7bff) {
            assertTrue(error <= Math.abs(Float16.fromBinary16((short) (bits + 1)) - Math.abs((double) value)));
        }
    }
}
