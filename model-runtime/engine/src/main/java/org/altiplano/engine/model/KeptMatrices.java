package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/** Copies matrices that were packed once out of their file. Owns nothing. */
record KeptMatrices(Program program, PackedFile file) implements Matrices {

    @Override
    public IValue layer(int layer) {
        try (NativeScope scope = new NativeScope()) {
            return program.call("copies", scope.bytes(file.layer(layer)));
        }
    }

    @Override
    public IValue head() {
        try (NativeScope scope = new NativeScope()) {
            return program.call("copy", scope.bytes(file.head()));
        }
    }
}
