package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/** Owns the KV memory: per layer keys and values, in blocks. Used by the engine's thread. */
final class KvArena implements AutoCloseable {

    private final int blocks;
    private final IValue keys;
    private final IValue values;

    KvArena(Program program, int blocks) {
        this.blocks = blocks;
        try (NativeScope scope = new NativeScope()) {
            keys = program.call("arena", scope.number(blocks), scope.flag(true));
            values = program.call("arena", scope.number(blocks), scope.flag(false));
        }
    }

    /** Bytes of keys and values of one block, on all layers. */
    static long bytesPerBlock(ModelShape shape, KvType type) {
        return 2L * shape.layers() * shape.kvHeads() * shape.headDim() * type.bytes() * KvPool.BLOCK;
    }

    int blocks() {
        return blocks;
    }

    IValue keys() {
        return keys;
    }

    IValue values() {
        return values;
    }

    @Override
    public void close() {
        keys.close();
        values.close();
    }
}
