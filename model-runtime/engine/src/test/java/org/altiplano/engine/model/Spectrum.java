package org.altiplano.engine.model;

import java.util.stream.IntStream;

/**
 * The Walsh-Hadamard transforms of a row's spans, in plain Java. A span is four groups of 64 consecutive numbers, at a row's end two
 * and one; the last numbers are followed by zeros.
 */
record Spectrum(float[] numbers) {

    static final int GROUP = 64;

    static Spectrum of(float[] row) {
        Spectrum spectrum = new Spectrum(new float[(row.length + GROUP - 1) / GROUP * GROUP]);
        System.arraycopy(row, 0, spectrum.numbers, 0, row.length);
        for (int from = 0; from < spectrum.length(); from += spectrum.span(from)) {
            transform(spectrum.numbers, from, spectrum.span(from));
        }
        return spectrum;
    }

    private static void transform(float[] numbers, int from, int count) {
        for (int bit = count / 2; bit > 0; bit /= 2) {
            for (int i = 0; i < count; i++) {
                if ((i & bit) == 0) {
                    float sum = numbers[from + i] + numbers[from + (i | bit)];
                    numbers[from + (i | bit)] = numbers[from + i] - numbers[from + (i | bit)];
                    numbers[from + i] = sum;
                }
            }
        }
    }

    int length() {
        return numbers.length;
    }

    float at(int i) {
        return numbers[i];
    }

    /** Numbers of the span that begins here. */
    int span(int from) {
        int groups = (numbers.length - from) / GROUP;
        return GROUP * (groups >= 4 ? 4 : groups >= 2 ? 2 : 1);
    }

    /** The largest magnitude of so many numbers. */
    float most(int from, int count) {
        return (float) IntStream.range(from, Math.min(from + count, numbers.length)).mapToDouble(i -> Math.abs(numbers[i])).max()
                .orElseThrow();
    }

    /** As rows of activations are rounded. */
    int integer(int i) {
        int from = begin(i);
        return (int) Math.rint(numbers[i] * (127 / most(from, span(from))));
    }

    /** Of the integers of the span that begins here, without the transform's own factor. */
    float scale(int from) {
        return most(from, span(from)) / (127f * span(from));
    }

    private int begin(int i) {
        int from = 0;
        while (from + span(from) <= i) {
            from += span(from);
        }
        return from;
    }
}
