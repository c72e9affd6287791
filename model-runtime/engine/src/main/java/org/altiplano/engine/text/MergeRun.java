package org.altiplano.engine.text;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Owns the symbols of a text, or of one word, while neighbours are merged; used by one thread and, after
 * {@link #clear()}, again. Byte-pair encoding merges the best pair anywhere, the leftmost of equals, until none is left
 * (arXiv 1508.07909). The symbols form a linked list and the candidate pairs a heap, so n symbols take O(n log n).
 */
final class MergeRun {

    /** Hears of each pair that is considered for merging, by the place in the table. */
    interface PairListener {
        void considered(int left, int right, int merged);
    }

    private static final int GONE = Integer.MIN_VALUE;

    private final MergeTable table;
    private final PairListener listener;
    private int[] symbols = new int[64];
    private int[] previous = new int[64];
    private int[] next = new int[64];
    private int size;
    /** Binary heap of rank << 32 | place of the left symbol. Entries are not removed when a neighbour changes. */
    private long[] heap = new long[64];
    private int heapSize;

    MergeRun(MergeTable table) {
        this(table, (left, right, merged) -> { });
    }

    MergeRun(MergeTable table, PairListener listener) {
        this.table = table;
        this.listener = listener;
    }

    void clear() {
        size = 0;
        heapSize = 0;
    }

    /** Adds a symbol at the end. A negative symbol stays as it is. */
    void add(int symbol) {
        if (size == symbols.length) {
            symbols = Arrays.copyOf(symbols, size * 2);
            previous = Arrays.copyOf(previous, size * 2);
            next = Arrays.copyOf(next, size * 2);
        }
        symbols[size] = symbol;
        previous[size] = size - 1;
        next[size] = size + 1;
        size++;
    }

    /** Merges until nothing merges, then hands out what remains, in order. */
    void merge(IntConsumer out) {
        for (int i = 0; i + 1 < size; i++) {
            consider(i, i + 1);
        }
        while (heapSize > 0) {
            long best = pop();
            int left = (int) best;
            if (symbols[left] == GONE || next[left] == size) {
                continue;
            }
            // An entry may be stale; it counts if the pair that now stands at its place has the rank it was entered for.
            int right = next[left];
            int place = table.find(symbols[left], symbols[right]);
            if (place < 0 || table.rank(place) != (int) (best >>> 32)) {
                continue;
            }
            symbols[left] = table.merged(place);
            symbols[right] = GONE;
            next[left] = next[right];
            if (next[left] < size) {
                previous[next[left]] = left;
                consider(left, next[left]);
            }
            if (previous[left] >= 0) {
                consider(previous[left], left);
            }
        }
        for (int i = 0; i < size; i = next[i]) {
            out.accept(symbols[i]);
        }
    }

    private void consider(int left, int right) {
        int place = table.find(symbols[left], symbols[right]);
        if (place >= 0) {
            listener.considered(symbols[left], symbols[right], table.merged(place));
            push((long) table.rank(place) << 32 | left);
        }
    }

    private void push(long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int i = heapSize++;
        while (i > 0 && heap[(i - 1) / 2] > entry) {
            heap[i] = heap[(i - 1) / 2];
            i = (i - 1) / 2;
        }
        heap[i] = entry;
    }

    private long pop() {
        long best = heap[0];
        long last = heap[--heapSize];
        int i = 0;
        for (int child = 1; child < heapSize; child = 2 * i + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return best;
    }
}
