package org.altiplano.engine.kvcache;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.altiplano.contract.CacheSalt;

/**
 * Owns the blocks that hold known prefixes, on the engine's thread. Life of a node: added by the sequence that computed it,
 * held by it and by every sequence that starts with it, idle when the last of them has ended, held again, or evicted. Its
 * block is never written again. Whoever holds a node holds those above it, so an idle node has only idle ones below it, and
 * evicting leaf by leaf, the one used longest ago first, can free all that is idle.
 */
final class PrefixCache {

    private final KvPool pool;
    private final PrefixTree tree = new PrefixTree();
    private final TreeSet<PrefixNode> idleLeaves = new TreeSet<>(PrefixNode.FIRST_TO_GO);
    private final Map<List<Integer>, PrefixNode> pinnedPrefixes = new HashMap<>();
    private int idle;
    private int idlePinned;
    private int pinned;
    private long clock;
    private long evicted;
    private boolean lostPins;

    PrefixCache(KvPool pool) {
        this.pool = pool;
    }

    PrefixTree tree() {
        return tree;
    }

    /** Idle nodes that are not pinned. */
    int idle() {
        return idle;
    }

    int idlePinned() {
        return idlePinned;
    }

    int pinned() {
        return pinned;
    }

    /** Nodes that gave their block up, since the beginning. */
    long evicted() {
        return evicted;
    }

    /** Whether pinned nodes gave their block up since it was last asked. */
    boolean lostPins() {
        boolean lost = lostPins;
        lostPins = false;
        return lost;
    }

    /** Whether no sequence holds a node. */
    boolean isIdle(PrefixNode node) {
        return pool.owners(node.block) == 1;
    }

    /** Makes a node of a block that the caller owns, and holds it for the caller. */
    PrefixNode add(PrefixNode parent, CacheSalt salt, int[] tokens, int block) {
        pool.share(block);
        return tree.add(parent, salt, tokens, block);
    }

    /** Holds a node for one more sequence. */
    void hold(PrefixNode node) {
        if (isIdle(node)) {
            idleLeaves.remove(node);
            countIdle(node, -1);
        }
        pool.share(node.block);
    }

    /** Holds a node and all above it. */
    void holdPath(PrefixNode tail) {
        for (PrefixNode node = tail; !node.isRoot(); node = node.parent) {
            hold(node);
        }
    }

    /** Ends one sequence's hold of a node and of all above it. */
    void letGoPath(PrefixNode tail) {
        for (PrefixNode node = tail; !node.isRoot(); node = node.parent) {
            pool.release(node.block);
            node.lastUsed = ++clock;
            if (isIdle(node)) {
                countIdle(node, 1);
                listIfLeaf(node);
            }
        }
    }

    /**
     * Frees one idle block.
     *
     * @param evenPinned whether a pinned one may go, when there is no other
     */
    boolean evict(boolean evenPinned) {
        if (idleLeaves.isEmpty() || idleLeaves.first().pins > 0 && !evenPinned) {
            return false;
        }
        evict(idleLeaves.first());
        evicted++;
        return true;
    }

    /** Forgets what nobody else uses at the end of a path: its entries are not to be trusted. */
    void forget(PrefixNode tail) {
        for (PrefixNode node = tail; !node.isRoot() && isIdle(node) && node.children == 0; node = node.parent) {
            evict(node);
        }
    }

    /**
     * Pins the public part of a prefix that is in the tree, as far as it makes full blocks and until half the arena is pinned.
     *
     * @return tokens pinned
     */
    int pin(int[] prefix) {
        unpin(prefix);
        IntFunction<int[]> tokens = index -> Arrays.copyOfRange(prefix, index * KvPool.BLOCK, (index + 1) * KvPool.BLOCK);
        PrefixNode tail = tree.longest(CacheSalt.PUBLIC, tokens, prefix.length / KvPool.BLOCK);
        Deque<PrefixNode> path = new ArrayDeque<>();
        for (PrefixNode node = tail; !node.isRoot(); node = node.parent) {
            path.push(node);
        }
        PrefixNode last = tree.root();
        while (!path.isEmpty() && (path.peek().pins > 0 || pinned < pool.blocks() / 2)) {
            last = path.pop();
            changePins(last, 1);
        }
        pinnedPrefixes.put(key(prefix), last);
        return last.depth * KvPool.BLOCK;
    }

    /** Ends the pin of this very prefix; what it holds stays in the cache like anything else. */
    void unpin(int[] prefix) {
        PrefixNode last = pinnedPrefixes.remove(key(prefix));
        for (PrefixNode node = last == null ? tree.root() : last; !node.isRoot(); node = node.parent) {
            changePins(node, -1);
        }
    }

    private void evict(PrefixNode leaf) {
        idleLeaves.remove(leaf);
        countIdle(leaf, -1);
        if (leaf.pins > 0) {
            pinned--;
            lostPins = true;
            // A pin that loses its last block goes on with those before it.
            pinnedPrefixes.replaceAll((prefix, last) -> last == leaf ? leaf.parent : last);
        }
        tree.remove(leaf);
        pool.release(leaf.block);
        if (!leaf.parent.isRoot() && isIdle(leaf.parent)) {
            listIfLeaf(leaf.parent);
        }
    }

    private void changePins(PrefixNode node, int by) {
        boolean idleNow = isIdle(node);
        if (idleNow) {
            idleLeaves.remove(node);
            countIdle(node, -1);
        }
        pinned -= node.pins > 0 ? 1 : 0;
        node.pins += by;
        pinned += node.pins > 0 ? 1 : 0;
        if (idleNow) {
            countIdle(node, 1);
            listIfLeaf(node);
        }
    }

    private void listIfLeaf(PrefixNode node) {
        if (node.children == 0) {
            idleLeaves.add(node);
        }
    }

    private void countIdle(PrefixNode node, int by) {
        if (node.pins > 0) {
            idlePinned += by;
        } else {
            idle += by;
        }
    }

    private static List<Integer> key(int[] prefix) {
        return IntStream.of(prefix).boxed().toList();
    }
}
