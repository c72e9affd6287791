package org.altiplano.engine.text;

import java.util.Arrays;

/**
 * Which pairs of neighbouring symbols become one, and which of them first. A hash table with open addressing over
 * primitive arrays: it is asked for every pair of every text.
 */
final class MergeTable {

    private static final long FREE = -1;

    private long[] pairs = new long[1024];
    private int[] ranks = new int[1024];
    private int[] merged = new int[1024];
    private int size;

    MergeTable() {
        Arrays.fill(pairs, FREE);
    }

    /** Symbols are not negative. The first entry of a pair stands. */
    void put(int left, int right, int rank, int result) {
        if (size * 2 >= pairs.length) {
            grow();
        }
        long pair = pair(left, right);
        int slot = slot(pair);
        if (pairs[slot] == FREE) {
            pairs[slot] = pair;
            ranks[slot] = rank;
            merged[slot] = result;
            size++;
        }
    }

    /** The place of a pair in this table; -1 where the two do not merge, as negative symbols never do. */
    int find(int left, int right) {
        if ((left | right) < 0) {
            return -1;
        }
        int slot = slot(pair(left, right));
        return pairs[slot] == FREE ? -1 : slot;
    }

    /** Lower is merged sooner. */
    int rank(int place) {
        return ranks[place];
    }

    int merged(int place) {
        return merged[place];
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long pair) {
        int mask = pairs.length - 1;
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (pairs[slot] != FREE && pairs[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldPairs = pairs;
        int[] oldRanks = ranks;
        int[] oldMerged = merged;
        pairs = new long[oldPairs.length * 2];
        ranks = new int[pairs.length];
        merged = new int[pairs.length];
        Arrays.fill(pairs, FREE);
        for (int i = 0; i < oldPairs.length; i++) {
            if (oldPairs[i] != FREE) {
                int slot = slot(oldPairs[i]);
                pairs[slot] = oldPairs[i];
                ranks[slot] = oldRanks[i];
                merged[slot] = oldMerged[i];
            }
        }
    }
}
