package org.altiplano.engine.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Owns the native values of one call, freed when it is closed. Used by one thread. */
public final class NativeScope implements AutoCloseable {

    private final PtNDManager manager = (PtNDManager) TorchRuntime.enter().newSubManager();
    private final List<IValue> values = new ArrayList<>();

    public IValue number(long value) {
        return keep(IValue.from(value));
    }

    public IValue flag(boolean value) {
        return keep(IValue.from(value));
    }

    /** A List[int]. */
    public IValue integers(long... list) {
        return keep(IValue.listFrom(list));
    }

    /** A List[float]. */
    public IValue numbers(double... list) {
        return keep(IValue.listFrom(list));
    }

    /** The bytes of a direct buffer as a uint8 tensor [bytes], not copied: the buffer must outlive the scope. */
    public IValue bytes(ByteBuffer direct) {
        // DJL hands over the address of the buffer's beginning, whatever its position: a slice begins at its position.
        ByteBuffer slice = direct.slice();
        return keep(IValue.from((PtNDArray) manager.create(slice, new Shape(slice.remaining()), DataType.UINT8)));
    }

    /** A new uint8 tensor [count], filled through a view of its memory, which ends with the call. The caller closes it. */
    public static IValue filled(long count, Consumer<ByteBuffer> fill) {
        try (PtNDManager manager = (PtNDManager) TorchRuntime.enter().newSubManager()) {
            PtNDArray tensor = (PtNDArray) manager.create(new Shape(count), DataType.UINT8);
            fill.accept(tensor.toByteBuffer(true));
            return IValue.from(tensor);
        }
    }

    /** The elements of a float64 tensor, row by row. */
    public double[] doubles(IValue tensor) {
        return keep(tensor).toTensor(manager).toDoubleArray();
    }

    /** The memory of a uint8 tensor, which stays its owner's; it is there until the scope ends, even if the owner closes it. */
    public ByteBuffer view(IValue tensor) {
        return tensor.toTensor(manager).toByteBuffer(true);
    }

    /** Makes the scope own a value. */
    public IValue keep(IValue value) {
        values.add(value);
        return value;
    }

    @Override
    public void close() {
        values.forEach(IValue::close);
        manager.close();
    }
}
