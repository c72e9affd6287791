package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The linear layers with 4-bit weights, on each kind of CPU that this machine is, against the same arithmetic in plain Java. */
class Q4LinearTest {

    /** Numbers that share a scale: half a group. */
    private static final int HALF = 32;
    private static final int[][] SHAPES = {{1, 16}, {7, 33}, {17, 48}, {48, 64}, {100, 576}, {64, 100}, {33, 450}};

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void computesWhatPlainJavaComputesOfThePackedWeightsToTheLastBit(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            for (int[] shape : SHAPES) {
                IValue packed = operators.call("q4_pack", operators.tensor(LinearOperators.random(shape[0], shape[1], 1)));
                Unpacked w = Unpacked.of(operators.matrix(packed, 1), shape[1]);
                float[][] x = LinearOperators.random(40, shape[1], 2);
                float[][] result = operators.linear("q4", x, packed, shape[0]);
                for (int row = 0; row < x.length; row++) {
                    for (int channel = 0; channel < shape[0]; channel++) {
                        assertEquals(w.product(x[row], channel), result[row][channel], Arrays.toString(shape) + " row " + row);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void losesLessThanTheLargestWeightAtMinusEightWould(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] weights = LinearOperators.normal(64, 320, 3);
            Unpacked unpacked = Unpacked.of(operators.matrix(operators.call("q4_pack", operators.tensor(weights)), 1), 320);
            float[][] w = Arrays.stream(weights).map(row -> Spectrum.of(row).numbers()).toArray(float[][]::new);
            double error = 0;
            double ofLargest = 0;
            for (int channel = 0; channel < 64; channel++) {
                for (int i = 0; i < 320; i++) {
                    error += Math.pow(w[channel][i] - unpacked.weight(channel, i), 2);
                    float scale = furthest(w[channel], i / HALF * HALF) / -8;
                    ofLargest += Math.pow(w[channel][i] - scale * Math.min(7, Math.rint(w[channel][i] / scale)), 2);
                }
            }
            assertTrue(error < 0.95 * ofLargest, error + " is no better than " + ofLargest);
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void aRowDoesNotDependOnItsCompanyNorOnTheThreads(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            operators.assertRowsAreAsAlone("q4");
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void whatIsNotFiniteStaysVisible(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] x = LinearOperators.random(11, 70, 7);
            x[3][69] = Float.NaN;
            float[][] w = LinearOperators.random(33, 70, 8);
            w[20][1] = Float.POSITIVE_INFINITY;
            float[][] result = operators.linear("q4", x, w);
            for (int row = 0; row < 11; row++) {
                for (int channel = 0; channel < 33; channel++) {
                    assertEquals(row == 3 || channel == 20, Float.isNaN(result[row][channel]));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void addsToTheResidualStream(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] x = LinearOperators.random(3, 64, 10);
            float[][] h = LinearOperators.random(3, 50, 11);
            IValue w = operators.call("q4_pack", operators.tensor(LinearOperators.random(50, 64, 9)));
            float[][] product = operators.linear("q4", x, w, 50);
            float[][] sum = operators.matrix(operators.call("q4_add", operators.tensor(h), operators.call("q8_rows", operators.tensor(x)), w), 50);
            for (int row = 0; row < 3; row++) {
                for (int channel = 0; channel < 50; channel++) {
                    assertEquals(h[row][channel] + product[row][channel], sum[row][channel]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void refusesWeightsOfAnotherFormat(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            IValue w = operators.call("q8_pack", operators.tensor(LinearOperators.random(5, 64, 15)));
            IValue rows = operators.call("q8_rows", operators.tensor(LinearOperators.random(2, 64, 16)));
            EngineException refusal = assertThrows(EngineException.class, () -> operators.call("q4_linear", rows, w));
            assertTrue(refusal.getMessage().contains("not weights packed by q4_pack"), refusal::getMessage);
        }
    }

    /** The number with the largest magnitude of those that share a scale. */
    private static float furthest(float[] numbers, int from) {
        float furthest = 0;
        for (int i = from; i < Math.min(from + HALF, numbers.length); i++) {
            furthest = Math.abs(numbers[i]) > Math.abs(furthest) ? numbers[i] : furthest;
        }
        return furthest;
    }

    /** Packed weights as the comment of q4.c describes them. */
    private record Unpacked(int[] bytes, int halves) {

        static Unpacked of(float[][] packed, int k) {
            return new Unpacked(Arrays.stream(packed).mapToInt(number -> (int) number[0]).toArray(), (k + Spectrum.GROUP - 1) / Spectrum.GROUP * 2);
        }

        private int at(int channel, int half) {
            return 64 + (channel / 32 * halves + half) * 576;
        }

        float scale(int channel, int half) {
            int at = at(channel, half) + channel % 32 * 2;
            int bits = bytes[at] | bytes[at + 1] << 8;
            int exponent = bits >> 10 & 31;
            float size = exponent == 0 ? Math.scalb((float) (bits & 1023), -24) : Math.scalb(1024f + (bits & 1023), exponent - 25);
            return bits >> 15 == 0 ? size : -size;
        }

        int integer(int channel, int i) {
            int at = at(channel, i / HALF) + 64 + i % HALF / 4 * 64 + channel % 16 * 4 + i % 4;
            return (channel % 32 < 16 ? bytes[at] & 15 : bytes[at] >> 4) - 8;
        }

        float weight(int channel, int i) {
            return scale(channel, i / HALF) * integer(channel, i);
        }

        /** Integer products of each half of a group's spectra, scaled and added in order within a span, the spans' sums likewise. */
        float product(float[] x, int channel) {
            Spectrum row = Spectrum.of(x);
            float sum = 0;
            for (int from = 0; from < row.length(); from += row.span(from)) {
                float ofSpan = 0;
                for (int half = from; half < from + row.span(from); half += HALF) {
                    int products = 0;
                    for (int i = half; i < half + HALF; i++) {
                        products += row.integer(i) * integer(channel, i);
                    }
                    ofSpan = Math.fma(products, scale(channel, half / HALF), ofSpan);
                }
                sum = Math.fma(ofSpan, row.scale(from), sum);
            }
            return sum;
        }
    }
}
