package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The linear layers with weights of 16 bits, on each kind of CPU that this machine is, against the same arithmetic in plain Java. */
class HalfLinearTest {

    private static final int[][] SHAPES = {{1, 16}, {7, 33}, {17, 48}, {48, 64}, {100, 576}, {64, 100}};

    static Stream<Arguments> formats() {
        Stream<Arguments> float16 = LinearOperators.namespaces().stream().map(namespace -> Arguments.of("f16", namespace));
        return ComputeProfile.probe().bf16() ? Stream.concat(float16, Stream.of(Arguments.of("bf16", "altiplano_avx512"))) : float16;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void computesWhatPlainJavaComputesToTheLastBit(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            for (int[] shape : SHAPES) {
                float[][] w = LinearOperators.random(shape[0], shape[1], 1);
                float[][] x = LinearOperators.random(40, shape[1], 2);
                float[][] result = operators.linear(format, x, w);
                for (int row = 0; row < x.length; row++) {
                    for (int channel = 0; channel < w.length; channel++) {
                        assertEquals(product(format, x[row], w[channel]), result[row][channel], Arrays.toString(shape) + " row " + row);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void isAsCloseToTheFloatProductAsItsWeightsAre(String format, String namespace) {
        double tolerance = format.equals("f16") ? 3e-4 : 4e-3;
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] w = LinearOperators.random(96, 576, 3);
            float[][] x = LinearOperators.random(20, 576, 4);
            float[][] result = operators.linear(format, x, w);
            double error = LinearOperators.relativeError(x, w, result);
            assertTrue(error < tolerance, () -> "relative error " + error);
            x[5][7] += 10;
            assertTrue(LinearOperators.relativeError(x, w, result) > tolerance);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aRowDoesNotDependOnItsCompanyNorOnTheThreads(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            operators.assertRowsAreAsAlone(format);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsNotFiniteStaysVisibleInItsRowOrChannelAndNowhereElse(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] x = LinearOperators.random(11, 70, 7);
            x[3][69] = Float.NaN;
            x[5][0] = Float.POSITIVE_INFINITY;
            Arrays.fill(x[8], 0);
            float[][] w = LinearOperators.random(33, 70, 8);
            w[20][1] = Float.NaN;
            w[21][40] = Float.NEGATIVE_INFINITY;
            float[][] result = operators.linear(format, x, w);
            for (int row = 0; row < 11; row++) {
                for (int channel = 0; channel < 33; channel++) {
                    boolean damaged = row == 3 || row == 5 || channel == 20 || channel == 21;
                    assertEquals(!damaged, Float.isFinite(result[row][channel]), row + ", " + channel);
                    assertTrue(damaged || row != 8 || result[row][channel] == 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aWeightBeyondTheFormatsRangeIsItsLargestNumber(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] result = operators.linear(format, new float[][] {{1}}, new float[][] {{70_000}, {-1e9f}});
            if (format.equals("f16")) {
                assertArrayEquals(new float[] {65_504, -65_504}, result[0]);
            } else {
                assertArrayEquals(new float[] {bfloat16(70_000), bfloat16(-1e9f)}, result[0]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void addsToTheResidualStream(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] w = LinearOperators.random(50, 64, 9);
            float[][] x = LinearOperators.random(3, 64, 10);
            float[][] h = LinearOperators.random(3, 50, 11);
            IValue rows = operators.rows(format, operators.tensor(x));
            IValue sum = operators.call(format + "_add", operators.tensor(h), rows, operators.call(format + "_pack", operators.tensor(w)));
            float[][] result = operators.matrix(sum, 50);
            for (int row = 0; row < 3; row++) {
                for (int channel = 0; channel < 50; channel++) {
                    assertEquals(h[row][channel] + product(format, x[row], w[channel]), result[row][channel]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void rowsOfNormAndOfSwigluAreTheFunctionsRounded(String format, String namespace) {
        String form = format.equals("f16") ? "f32" : "bf16";
        float step = format.equals("f16") ? 1e-6f : 1 / 256f;
        try (LinearOperators operators = new LinearOperators(namespace)) {
            for (int k : new int[] {16, 33, 96, 500}) {
                float[][] identity = new float[k][k];
                for (int i = 0; i < k; i++) {
                    identity[i][i] = 1;
                }
                IValue w = operators.call(format + "_pack", operators.tensor(identity));
                float[][] h = LinearOperators.random(40, k, 12);
                float[][] gain = LinearOperators.random(1, k, 13);
                IValue norm = operators.call(form + "_norm", operators.tensor(h), operators.tensor(gain), operators.number(1e-5));
                float[][] gateUp = LinearOperators.random(40, 2 * k, 14);
                IValue swiglu = operators.call(form + "_swiglu", operators.tensor(gateUp));
                float[][] norms = operators.matrix(operators.call(format + "_linear", norm, w), k);
                float[][] swiglus = operators.matrix(operators.call(format + "_linear", swiglu, w), k);
                for (int row = 0; row < 40; row++) {
                    assertWithin(step, Q8LinearTest.norm(h[row], gain[0]), norms[row]);
                    assertWithin(step, Q8LinearTest.swiglu(gateUp[row]), swiglus[row]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void refusesWeightsOfAnotherFormatAndRowsOfAnotherForm(String format, String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            IValue x = operators.tensor(LinearOperators.random(2, 64, 16));
            IValue w = operators.tensor(LinearOperators.random(5, 64, 15));
            EngineException unpacked = assertThrows(EngineException.class, () -> operators.call(format + "_linear",
                    operators.rows(format, x), operators.call("q8_pack", w)));
            assertTrue(unpacked.getMessage().contains("not weights packed by " + format + "_pack"), unpacked::getMessage);
            EngineException narrow = assertThrows(EngineException.class, () -> operators.call(format + "_linear",
                    operators.rows("q8", x), operators.call(format + "_pack", w)));
            assertTrue(narrow.getMessage().contains("rows are not as long as the weights are wide"), narrow::getMessage);
        }
    }

    private static float product(String format, float[] x, float[] w) {
        return format.equals("f16") ? float16Product(x, w) : bfloat16Product(x, w);
    }

    private static float float16Product(float[] x, float[] w) {
        float sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum = Math.fma(x[i], float16(w[i]), sum);
        }
        return sum;
    }

    /** The nearest float16 number, which has ten bits behind its first or is a multiple of 2^-24. */
    private static float float16(float number) {
        float step = Math.scalb(1f, Math.max(Math.getExponent(number), -14) - 10);
        return (float) Math.rint(number / step) * step;
    }

    /** Products of two bfloat16 numbers are exact. */
    private static float bfloat16Product(float[] x, float[] w) {
        float sum = 0;
        for (int i = 0; i < x.length; i += 2) {
            if (i + 1 < x.length) {
                sum += bfloat16(x[i + 1]) * bfloat16(w[i + 1]);
            }
            sum += bfloat16(x[i]) * bfloat16(w[i]);
        }
        return sum;
    }

    private static float bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    private static void assertWithin(float step, float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertFalse(Math.abs(expected[i] - actual[i]) > step * Math.abs(expected[i]), expected[i] + " became " + actual[i]);
        }
    }
}
