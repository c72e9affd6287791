package org.altiplano.engine.kvcache;

import java.util.BitSet;
import java.util.OptionalInt;

/**
 * Owns the blocks of the KV arena as numbers, on the engine's thread: which are free, and how many owners each of the others
 * has. A block holds the keys and values of {@link #BLOCK} tokens on every layer (PagedAttention, arXiv 2309.06180): any
 * block serves any sequence, so the arena cannot silt up.
 *
 * <p>Deterministic: the free block of the lowest number is taken.
 */
public final class KvPool {

    /** Tokens in a block. */
    public static final int BLOCK = 32;

    private final int[] owners;
    private final BitSet free;
    private int freeBlocks;

    /** @param blocks size of the arena, at least one */
    public KvPool(int blocks) {
        if (blocks < 1) {
            throw new IllegalArgumentException("A KV arena needs at least one block of " + BLOCK + " tokens.");
        }
        owners = new int[blocks];
        free = new BitSet(blocks);
        free.set(0, blocks);
        freeBlocks = blocks;
    }

    /** How many blocks so many tokens take. */
    public static int blocksFor(int tokens) {
        return (tokens + BLOCK - 1) / BLOCK;
    }

    /** Blocks in all. */
    int blocks() {
        return owners.length;
    }

    /** Blocks without an owner. */
    int free() {
        return freeBlocks;
    }

    /** How many owners a block has; 0 if it is free. */
    int owners(int block) {
        return owners[block];
    }

    /** Hands out a free block to its first owner; empty if there is none. */
    OptionalInt take() {
        int block = free.nextSetBit(0);
        if (block < 0) {
            return OptionalInt.empty();
        }
        free.clear(block);
        freeBlocks--;
        owners[block] = 1;
        return OptionalInt.of(block);
    }

    /** Gives a block one more owner. */
    void share(int block) {
        requireOwned(block);
        owners[block]++;
    }

    /** Takes an owner away; the block is free when the last one goes. */
    void release(int block) {
        requireOwned(block);
        if (--owners[block] == 0) {
            free.set(block);
            freeBlocks++;
        }
    }

    private void requireOwned(int block) {
        if (owners[block] == 0) {
            throw new IllegalStateException("Block " + block + " is free.");
        }
    }
}
