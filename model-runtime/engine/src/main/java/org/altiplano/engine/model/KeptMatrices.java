package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.util.function.Supplier;
import org.altiplano.engine.torch.Program;

/** Reads matrices that were packed once from their file. Owns nothing. */
record KeptMatrices(Program program, PackedFile file) implements Matrices {

    @Override
    public IValue layer(int layer) {
        return TensorList.of(program, file.layer(layer).stream().<Supplier<IValue>>map(matrix -> () -> TensorList.read(matrix)).toList());
    }

    @Override
    public IValue head() {
        return TensorList.read(file.head());
    }
}
