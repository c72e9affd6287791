package org.altiplano.engine.kvcache;

import java.util.Arrays;

/**
 * Owns the block numbers of one running sequence, on the engine's thread: token p lies in block {@code p / BLOCK} of the table.
 * The first {@link #shared} blocks are full and in the prefix tree, perhaps in other tables too, and are never written; the
 * rest belongs to this sequence alone. Life: opened, grown and closed by the {@link KvMemory}.
 */
public final class BlockTable {

    private int[] blocks;
    private int size;
    private PrefixNode tail;

    /** A table that starts with the blocks of a path, which its owner holds. */
    BlockTable(PrefixNode tail) {
        this.tail = tail;
        this.size = tail.depth;
        this.blocks = new int[Math.max(8, size)];
        for (PrefixNode node = tail; !node.isRoot(); node = node.parent) {
            blocks[node.depth - 1] = node.block;
        }
    }

    /** The block numbers, a copy. */
    public int[] blocks() {
        return Arrays.copyOf(blocks, size);
    }

    public int size() {
        return size;
    }

    /** How many blocks from the first on are in the prefix tree. */
    public int shared() {
        return tail.depth;
    }

    int block(int index) {
        return blocks[index];
    }

    /** The last of its blocks that is in the tree; the root if none is. */
    PrefixNode tail() {
        return tail;
    }

    void add(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
        }
        blocks[size++] = block;
    }

    /** Goes on along the tree: the next block is the node's from now on. */
    void follow(PrefixNode node) {
        blocks[node.depth - 1] = node.block;
        tail = node;
    }
}
