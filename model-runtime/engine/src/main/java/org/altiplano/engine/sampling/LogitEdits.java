package org.altiplano.engine.sampling;

import java.util.Arrays;

/** A growing list of places in flat logits with a number each. */
final class LogitEdits {

    private long[] places = new long[16];
    private double[] numbers = new double[16];
    private int size;

    void add(long place, double number) {
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        places[size] = place;
        numbers[size++] = number;
    }

    int size() {
        return size;
    }

    long[] places() {
        return Arrays.copyOf(places, size);
    }

    double[] numbers() {
        return Arrays.copyOf(numbers, size);
    }
}
