package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The linear layers with 8-bit weights, on each kind of CPU that this machine is, against the same arithmetic in plain Java. */
class Q8LinearTest {

    private static final int[][] SHAPES = {{1, 16}, {7, 33}, {17, 48}, {48, 64}, {100, 576}, {64, 100}, {33, 450}};

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void computesWhatPlainJavaComputesToTheLastBit(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            for (int[] shape : SHAPES) {
                float[][] w = LinearOperators.random(shape[0], shape[1], 1);
                float[][] x = LinearOperators.random(40, shape[1], 2);
                float[][] result = operators.linear("q8", x, w);
                for (int row = 0; row < x.length; row++) {
                    assertArrayEquals(expected(x[row], w), result[row], Arrays.toString(shape) + " row " + row);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void isCloseToTheFloatProduct(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] w = LinearOperators.random(96, 576, 3);
            float[][] x = LinearOperators.random(20, 576, 4);
            float[][] result = operators.linear("q8", x, w);
            double error = LinearOperators.relativeError(x, w, result);
            // Numbers 20 times the others: rounded as they are, with steps of a sixth of the others, they would cost 0.03.
            assertTrue(error < 0.015, () -> "relative error " + error);
            x[5][7] += 100;
            assertTrue(LinearOperators.relativeError(x, w, result) > 0.04);
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void aRowDoesNotDependOnItsCompanyNorOnTheThreads(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            operators.assertRowsAreAsAlone("q8");
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void whatIsNotFiniteStaysVisibleInItsRowAndNowhereElse(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] x = LinearOperators.random(11, 70, 7);
            x[3][69] = Float.NaN;
            x[5][0] = Float.POSITIVE_INFINITY;
            x[7][33] = Float.NEGATIVE_INFINITY;
            Arrays.fill(x[8], 0);
            float[][] result = operators.linear("q8", x, LinearOperators.random(33, 70, 8));
            for (int row = 0; row < 11; row++) {
                for (float number : result[row]) {
                    assertEquals(row == 3 || row == 5 || row == 7, Float.isNaN(number));
                    assertTrue(row != 8 || number == 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void addsToTheResidualStream(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            float[][] w = LinearOperators.random(50, 64, 9);
            float[][] x = LinearOperators.random(3, 64, 10);
            float[][] h = LinearOperators.random(3, 50, 11);
            IValue rows = operators.call("q8_rows", operators.tensor(x));
            IValue sum = operators.call("q8_add", operators.tensor(h), rows, operators.call("q8_pack", operators.tensor(w)));
            float[][] result = operators.matrix(sum, 50);
            for (int row = 0; row < 3; row++) {
                for (int channel = 0; channel < 50; channel++) {
                    assertEquals(h[row][channel] + product(x[row], w[channel]), result[row][channel]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void rowsOfNormAndOfSwigluAreTheFunctionsWithinHalfAStep(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            for (int k : new int[] {16, 33, 96, 500}) {
                float[][] identity = new float[k][k];
                for (int i = 0; i < k; i++) {
                    identity[i][i] = 127; // whose scale, 1, is exact
                }
                IValue w = operators.call("q8_pack", operators.tensor(identity));
                float[][] h = LinearOperators.random(40, k, 12);
                float[][] gain = LinearOperators.random(1, k, 13);
                IValue norm = operators.call("q8_norm", operators.tensor(h), operators.tensor(gain), operators.number(1e-5));
                float[][] gateUp = LinearOperators.random(40, 2 * k, 14);
                IValue swiglu = operators.call("q8_swiglu", operators.tensor(gateUp));
                float[][] norms = operators.matrix(operators.call("q8_linear", norm, w), k);
                float[][] swiglus = operators.matrix(operators.call("q8_linear", swiglu, w), k);
                for (int row = 0; row < 40; row++) {
                    assertHalfAStep(norm(h[row], gain[0]), norms[row]);
                    assertHalfAStep(swiglu(gateUp[row]), swiglus[row]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.altiplano.engine.model.LinearOperators#namespaces")
    void refusesWhatDoesNotFit(String namespace) {
        try (LinearOperators operators = new LinearOperators(namespace)) {
            IValue w = operators.call("q8_pack", operators.tensor(LinearOperators.random(5, 64, 15)));
            IValue rows = operators.call("q8_rows", operators.tensor(LinearOperators.random(2, 65, 16)));
            EngineException narrow = assertThrows(EngineException.class, () -> operators.call("q8_linear", rows, w));
            assertTrue(narrow.getMessage().contains("rows are not as long as the weights are wide"), narrow::getMessage);
            EngineException unpacked = assertThrows(EngineException.class, () -> operators.call("q8_linear", rows, rows));
            assertTrue(unpacked.getMessage().contains("not weights packed by q8_pack"), unpacked::getMessage);
        }
    }

    private static float[] expected(float[] x, float[][] w) {
        float[] expected = new float[w.length];
        for (int channel = 0; channel < w.length; channel++) {
            expected[channel] = product(x, w[channel]);
        }
        return expected;
    }

    /** Integer products of each group's spectra, scaled and added in order within a span, the spans' sums likewise. */
    private static float product(float[] x, float[] w) {
        Spectrum row = Spectrum.of(x);
        Spectrum weights = Spectrum.of(w);
        float sum = 0;
        for (int from = 0; from < row.length(); from += row.span(from)) {
            float ofSpan = 0;
            for (int group = from; group < from + row.span(from); group += Spectrum.GROUP) {
                float scale = scale(weights.most(group, Spectrum.GROUP));
                int products = 0;
                for (int i = group; i < group + Spectrum.GROUP; i++) {
                    products += row.integer(i) * (int) Math.rint(weights.at(i) * (1 / scale));
                }
                ofSpan = Math.fma(products, scale, ofSpan);
            }
            sum = Math.fma(ofSpan, row.scale(from), sum);
        }
        return sum;
    }

    /** Of weights with this largest magnitude: bfloat16, rounded up. */
    private static float scale(float most) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(most / 127) + 0xffff & 0xffff0000);
    }

    static float[] norm(float[] h, float[] gain) {
        double squares = 0;
        for (float number : h) {
            squares += (double) number * number;
        }
        float[] norm = new float[h.length];
        for (int i = 0; i < h.length; i++) {
            norm[i] = (float) (h[i] / Math.sqrt(squares / h.length + 1e-5) * gain[i]);
        }
        return norm;
    }

    static float[] swiglu(float[] gateUp) {
        float[] swiglu = new float[gateUp.length / 2];
        for (int i = 0; i < swiglu.length; i++) {
            swiglu[i] = (float) (gateUp[i] / (1 + Math.exp(-gateUp[i])) * gateUp[swiglu.length + i]);
        }
        return swiglu;
    }

    /** Of a span's spectrum; of its numbers themselves where the last group is not whole, since it is cut off after the rounding. */
    private static void assertHalfAStep(float[] expected, float[] actual) {
        float[] differences = new float[expected.length];
        for (int i = 0; i < expected.length; i++) {
            differences[i] = actual[i] / 127 - expected[i];
        }
        Spectrum exact = Spectrum.of(expected);
        for (int from = 0; from < exact.length(); from += exact.span(from)) {
            float[] ofSpan = Arrays.copyOfRange(differences, from, Math.min(from + exact.span(from), differences.length));
            Spectrum difference = ofSpan.length == exact.span(from) ? Spectrum.of(ofSpan) : new Spectrum(ofSpan);
            float step = exact.most(from, exact.span(from)) / 127;
            assertFalse(difference.most(0, ofSpan.length) > 0.501f * step, "off by more than half of " + step);
        }
    }
}
