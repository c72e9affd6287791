package org.altiplano.engine.text;

import java.util.Arrays;

/** Owns a growing list of token ids; used by one thread. */
final class Ids {

    private int[] values = new int[32];
    private int size;

    void add(int id) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = id;
    }

    void addAll(int[] ids) {
        if (size + ids.length > values.length) {
            values = Arrays.copyOf(values, Math.max(values.length * 2, size + ids.length));
        }
        System.arraycopy(ids, 0, values, size, ids.length);
        size += ids.length;
    }

    /** The last id; -1 where there is none. */
    int last() {
        return size == 0 ? -1 : values[size - 1];
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
