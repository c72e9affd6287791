package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.util.List;
import java.util.function.Supplier;
import org.altiplano.engine.model.weights.StoredBytes;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/** Makes libtorch's lists of tensors, a tensor at a time. Owns nothing; the caller closes what it gets. */
final class TensorList {

    private TensorList() {
    }

    /** A List[Tensor]; where one cannot be made nothing is kept. */
    static IValue of(Program program, List<Supplier<IValue>> tensors) {
        IValue list = program.call("no_tensors");
        try {
            for (Supplier<IValue> tensor : tensors) {
                try (IValue one = tensor.get()) {
                    program.call("append_tensor", list, one).close();
                }
            }
            return list;
        } catch (RuntimeException | Error e) {
            list.close();
            throw e;
        }
    }

    /** Stored bytes in native memory, as a uint8 tensor. */
    static IValue read(StoredBytes bytes) {
        return NativeScope.filled(bytes.count(), memory -> bytes.read(0, memory));
    }
}
