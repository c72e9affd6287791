package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.util.List;
import java.util.stream.LongStream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvRegion;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/** Owns the KV memory: per layer a matrix of keys and one of values. Used by the engine's thread. */
final class KvArena implements AutoCloseable {

    private final Program program;
    private final int tokens;
    private final IValue keys;
    private final IValue values;

    KvArena(Program program, int tokens) {
        this.program = program;
        this.tokens = tokens;
        try (NativeScope scope = new NativeScope()) {
            keys = program.call("arena", scope.number(tokens));
            values = program.call("arena", scope.number(tokens));
        }
    }

    /** Bytes of keys and values of one token, on all layers. */
    static long bytesPerToken(ModelShape shape, boolean half) {
        return 2L * shape.layers() * shape.kvHeads() * shape.headDim() * (half ? 2 : 4);
    }

    int tokens() {
        return tokens;
    }

    IValue keys() {
        return keys;
    }

    IValue values() {
        return values;
    }

    void move(List<KvMove> moves) {
        long[] list = moves.stream().flatMapToLong(move -> LongStream.of(move.from().start(),
                move.from().capacity(), move.to().start(), move.to().capacity(), move.length())).toArray();
        change("move", list);
    }

    /** Zeroes regions, so that nothing a broken computation left there reaches another sequence. */
    void wipe(List<KvRegion> regions) {
        change("wipe", regions.stream()
                .flatMapToLong(region -> LongStream.of(region.start(), region.capacity())).toArray());
    }

    private void change(String method, long[] list) {
        try (NativeScope scope = new NativeScope()) {
            program.call(method, scope.integers(list), keys, values).close();
        }
    }

    @Override
    public void close() {
        keys.close();
        values.close();
    }
}
