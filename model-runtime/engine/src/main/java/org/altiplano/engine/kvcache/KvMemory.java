package org.altiplano.engine.kvcache;

import java.util.Optional;
import java.util.function.IntFunction;
import org.altiplano.contract.CacheSalt;

/**
 * Owns all KV memory of one model as bookkeeping, on the engine's thread: gives running sequences their blocks, out of what is
 * free or idle in the prefix cache, and keeps what they computed for those that come after.
 *
 * <p>A pinned block is given up last: only for a sequence that runs alone, which could not go on otherwise.
 *
 * <p>Not final for the sake of a benchmark, whose memory keeps nothing.
 */
public class KvMemory {

    private final KvPool pool;
    private final PrefixCache cache;

    /** @param blocks size of the arena */
    public KvMemory(int blocks) {
        this.pool = new KvPool(blocks);
        this.cache = new PrefixCache(pool);
    }

    /** Tokens that fit. */
    public int capacity() {
        return pool.blocks() * KvPool.BLOCK;
    }

    /** Tokens of the blocks that sequences hold, whole blocks counted; what is merely cached can be had at any time. */
    public int used() {
        return (pool.blocks() - pool.free() - cache.idle() - cache.idlePinned()) * KvPool.BLOCK;
    }

    /** How full the prefix cache is, and what it lost. */
    public CacheSize cacheSize() {
        return new CacheSize((long) cache.tree().size() * KvPool.BLOCK, (long) cache.pinned() * KvPool.BLOCK,
                cache.evicted() * KvPool.BLOCK);
    }

    /**
     * What the prefix cache holds, in tokens.
     *
     * @param pinned of those cached
     * @param evicted since the beginning
     */
    public record CacheSize(long cached, long pinned, long evicted) {
    }

    /**
     * What a sequence asks of the memory.
     *
     * @param tokens those of the block of that index
     * @param length how many tokens it has
     * @param reads whether it may start from cached blocks
     */
    public record Demand(CacheSalt salt, IntFunction<int[]> tokens, int length, boolean reads) {

        /** The last token is always computed: its answer is what the sequence is after. */
        int mostCached() {
            return reads ? (length - 1) / KvPool.BLOCK : 0;
        }
    }

    /**
     * Blocks that are lacking to open a sequence.
     *
     * @param spare blocks to be left for others
     * @return 0 or less if it can be opened
     */
    public int lacking(Demand demand, int spare) {
        return lacking(find(demand), demand, spare);
    }

    /**
     * Memory for all that a sequence holds and its next token, cached blocks first; empty if there is no room.
     *
     * @param spare blocks to be left for others
     * @param alone whether no other sequence runs
     */
    public Optional<BlockTable> open(Demand demand, int spare, boolean alone) {
        PrefixNode tail = find(demand);
        if (lacking(tail, demand, spare) > (alone ? cache.idlePinned() : 0)) {
            return Optional.empty();
        }
        cache.holdPath(tail);
        BlockTable table = new BlockTable(tail);
        if (!grow(table, wanted(demand) * KvPool.BLOCK, alone)) {
            close(table);
            return Optional.empty();
        }
        return Optional.of(table);
    }

    /** Sees to it that so many tokens fit; false if there is no room, and then what was added stays. */
    public boolean grow(BlockTable table, int tokens, boolean alone) {
        while (table.size() * KvPool.BLOCK < tokens) {
            if (pool.free() == 0 && !cache.evict(alone)) {
                return false;
            }
            table.add(pool.take().orElseThrow());
        }
        return true;
    }

    /**
     * Puts a sequence's full computed blocks into the cache. Where another sequence was faster with equal tokens, its block
     * takes the place of this sequence's own, which is freed: the engine computes equal keys and values for equal prefixes.
     */
    public void keep(BlockTable table, Demand demand, int computed) {
        while (table.shared() < computed / KvPool.BLOCK) {
            int index = table.shared();
            if (!follow(table, demand)) {
                table.follow(cache.add(table.tail(), demand.salt(), demand.tokens().apply(index), table.block(index)));
            }
        }
    }

    /** Takes over cached blocks for what a sequence would compute next; returns how many tokens it has computed then. */
    public int catchUp(BlockTable table, Demand demand, int computed) {
        int reached = computed;
        while (couldCatchUp(table, demand, reached) && follow(table, demand)) {
            reached += KvPool.BLOCK;
        }
        return reached;
    }

    /** Whether a sequence stands at the beginning of a block that it may take from the cache. */
    public boolean couldCatchUp(BlockTable table, Demand demand, int computed) {
        return computed == table.shared() * KvPool.BLOCK && table.shared() < demand.mostCached();
    }

    /** Stands for the block that a sequence fills next: equal for two that would fill theirs with the same, for the same salt. */
    public Object nextBlock(BlockTable table, Demand demand) {
        return PrefixTree.edge(table.tail(), demand.salt(), demand.tokens().apply(table.shared()));
    }

    /** Blocks that could be had if this sequence were closed. */
    public int held(BlockTable table) {
        int count = 0;
        for (int index = 0; index < table.size(); index++) {
            int alone = index < table.shared() ? 2 : 1;
            count += pool.owners(table.block(index)) == alone ? 1 : 0;
        }
        return count;
    }

    /** Takes a sequence's memory back; its full computed blocks stay cached. */
    public void close(BlockTable table) {
        for (int index = table.shared(); index < table.size(); index++) {
            pool.release(table.block(index));
        }
        cache.letGoPath(table.tail());
    }

    /** Takes a sequence's memory back and forgets what it alone used: its computation went wrong. */
    public void discard(BlockTable table) {
        close(table);
        cache.forget(table.tail());
    }

    /** Pins a public prefix as far as it is cached in full blocks, but never more than half the memory; returns the tokens pinned. */
    public int pin(int[] prefix) {
        return cache.pin(prefix);
    }

    /** Whether pinned blocks were given up since it was last asked. */
    public boolean lostPins() {
        return cache.lostPins();
    }

    /** Ends a pin. */
    public void unpin(int[] prefix) {
        cache.unpin(prefix);
    }

    PrefixNode find(Demand demand) {
        return cache.tree().longest(demand.salt(), demand.tokens(), demand.mostCached());
    }

    private int lacking(PrefixNode tail, Demand demand, int spare) {
        int taken = 0;
        for (PrefixNode node = tail; !node.isRoot(); node = node.parent) {
            taken += cache.isIdle(node) && node.pins == 0 ? 1 : 0;
        }
        return wanted(demand) - tail.depth + spare - (pool.free() + cache.idle() - taken);
    }

    private int wanted(Demand demand) {
        return Math.min(pool.blocks(), KvPool.blocksFor(demand.length() + 1));
    }

    /** Goes on to the cached block of the next tokens, if there is one. */
    private boolean follow(BlockTable table, Demand demand) {
        int index = table.shared();
        Optional<PrefixNode> node = cache.tree().child(table.tail(), demand.salt(), demand.tokens().apply(index));
        node.ifPresent(cached -> {
            cache.hold(cached);
            pool.release(table.block(index));
            table.follow(cached);
        });
        return node.isPresent();
    }
}
