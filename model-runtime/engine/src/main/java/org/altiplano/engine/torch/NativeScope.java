package org.altiplano.engine.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

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

    /** A List[Tensor] of such byte tensors. */
    public IValue bytes(List<ByteBuffer> direct) {
        PtNDArray[] tensors = direct.stream().map(ByteBuffer::slice)
                .map(slice -> (PtNDArray) manager.create(slice, new Shape(slice.remaining()), DataType.UINT8))
                .toArray(PtNDArray[]::new);
        return keep(IValue.listFrom(tensors));
    }

    /** The elements of a float64 tensor, row by row. */
    public double[] doubles(IValue tensor) {
        return keep(tensor).toTensor(manager).toDoubleArray();
    }

    /** The bytes of a uint8 tensor, copied; the tensor stays its owner's. */
    public ByteBuffer copyOfBytes(IValue tensor) {
        return tensor.toTensor(manager).toByteBuffer();
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
