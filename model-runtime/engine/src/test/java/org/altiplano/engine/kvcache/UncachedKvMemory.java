package org.altiplano.engine.kvcache;

/** Keeps nothing of what sequences computed, as if there were no prefix cache. */
public final class UncachedKvMemory extends KvMemory {

    public UncachedKvMemory(int blocks) {
        super(blocks);
    }

    @Override
    public void keep(BlockTable table, Demand demand, int computed) {
        // So nothing is ever found either.
    }
}
