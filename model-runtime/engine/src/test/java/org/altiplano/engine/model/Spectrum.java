package org.altiplano.engine.model;

import java.util.stream.IntStream;

/** The Walsh-Hadamard transform of each 32 consecutive numbers of a row, in plain Java; the last ones are followed by zeros. */
record Spectrum(float[] numbers) {

    static final int GROUP = 32;

    static Spectrum of(float[] row) {
        float[] numbers = new float[(row.length + GROUP - 1) / GROUP * GROUP];
        System.arraycopy(row, 0, numbers, 0, row.length);
        for (int bit = GROUP / 2; bit > 0; bit /= 2) {
            for (int i = 0; i < numbers.length; i++) {
                if ((i & bit) == 0) {
                    float sum = numbers[i] + numbers[i | bit];
                    numbers[i | bit] = numbers[i] - numbers[i | bit];
                    numbers[i] = sum;
                }
            }
        }
        return new Spectrum(numbers);
    }

    int length() {
        return numbers.length;
    }

    float at(int i) {
        return numbers[i];
    }

    /** The largest magnitude of so many numbers. */
    float most(int from, int count) {
        return (float) IntStream.range(from, Math.min(from + count, numbers.length)).mapToDouble(i -> Math.abs(numbers[i])).max()
                .orElseThrow();
    }

    /** As rows of activations are rounded. */
    int integer(int i) {
        return (int) Math.rint(numbers[i] * (127 / most(i / GROUP * GROUP, GROUP)));
    }

    /** Of the integers of a group, without the transform's own factor. */
    float scale(int group) {
        return most(group * GROUP, GROUP) / 127 / GROUP;
    }
}
