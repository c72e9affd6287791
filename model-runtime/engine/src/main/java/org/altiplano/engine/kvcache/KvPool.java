package org.altiplano.engine.kvcache;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Owns the bookkeeping of the KV arena, on the engine's thread: which runs of tokens are taken. A buddy allocator (Knuth,
 * The Art of Computer Programming 1, section 2.5): a region's capacity is a power of two and its start a multiple of its
 * capacity, so that neighbours fit together again when they are freed and the arena cannot silt up. A region never changes
 * size; what outgrows one is moved to one twice as large.
 *
 * <p>Deterministic: the smallest free block that fits is taken, and of these the one with the lowest address.
 */
public final class KvPool {

    /** Capacity of the smallest region, in tokens. */
    public static final int UNIT = 32;

    private final int units;
    private final BitSet[] free;
    private final Set<KvRegion> taken = new HashSet<>();
    private int used;

    /** @param tokens size of the arena; what is no multiple of {@link #UNIT} stays unused */
    public KvPool(int tokens) {
        units = tokens / UNIT;
        if (units < 1) {
            throw new IllegalArgumentException("A KV arena of " + tokens + " tokens is too small; it needs at least " + UNIT + ".");
        }
        free = new BitSet[order(largestRegion()) + 1];
        for (int order = 0; order < free.length; order++) {
            free[order] = new BitSet(units >> order);
        }
        // An arena that is no power of two is a row of ever smaller blocks: the binary digits of its size.
        int start = 0;
        for (int order = free.length - 1; order >= 0; order--) {
            if ((units & 1 << order) != 0) {
                free[order].set(start);
                start += 1 << order;
            }
        }
    }

    /** Tokens that can be handed out in all. */
    public int capacity() {
        return units * UNIT;
    }

    /** Tokens of the largest region that an empty arena can give. */
    public int largestRegion() {
        return Integer.highestOneBit(units) * UNIT;
    }

    /** Tokens handed out, whole regions counted. */
    public int used() {
        return used;
    }

    /** A region for at least so many tokens; empty if there is no such room now. */
    public Optional<KvRegion> allocate(int tokens) {
        int wanted = order(tokens);
        for (int order = wanted; order < free.length; order++) {
            int start = free[order].nextSetBit(0);
            if (start >= 0) {
                free[order].clear(start);
                while (order > wanted) {
                    order--;
                    free[order].set(start + (1 << order));
                }
                KvRegion region = new KvRegion(start * UNIT, UNIT << wanted);
                taken.add(region);
                used += region.capacity();
                return Optional.of(region);
            }
        }
        return Optional.empty();
    }

    /**
     * Gives a region back.
     *
     * @throws IllegalStateException if it is not taken
     */
    public void free(KvRegion region) {
        if (!taken.remove(region)) {
            throw new IllegalStateException(region + " is not taken");
        }
        used -= region.capacity();
        int start = region.start() / UNIT;
        int order = order(region.capacity());
        while (order < free.length - 1 && free[order].get(start ^ 1 << order)) {
            int buddy = start ^ 1 << order;
            free[order].clear(buddy);
            start = Math.min(start, buddy);
            order++;
        }
        free[order].set(start);
    }

    /** The smallest n for which UNIT * 2^n tokens are enough. */
    private static int order(int tokens) {
        int blocks = Math.max(1, (tokens + UNIT - 1) / UNIT);
        return Integer.SIZE - Integer.numberOfLeadingZeros(blocks - 1);
    }
}
