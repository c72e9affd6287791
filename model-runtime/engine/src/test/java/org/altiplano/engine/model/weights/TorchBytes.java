package org.altiplano.engine.model.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes files of {@code torch.save} for tests, honest or not: a dictionary of tensors, or any pickle. */
public final class TorchBytes {

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final ZipBytes zip;
    private int storages;

    public TorchBytes() {
        this(false);
    }

    TorchBytes(boolean wide) {
        zip = new ZipBytes(wide);
        op(0x80, 2, '}', '(');
    }

    /** A dictionary of float32 matrices or vectors. */
    public TorchBytes floats(String name, float[] numbers, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(numbers);
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        return tensor(name, "FloatStorage", data.array(), numbers.length, 0, shape, strides);
    }

    /** A tensor with a storage of its own. */
    public TorchBytes tensor(String name, String type, byte[] data, long elements, long offset, long[] shape, long[] strides) {
        zip.entry("archive/data/" + storages, data);
        return text(name).rebuild(type, String.valueOf(storages++), elements, offset, shape, strides);
    }

    TorchBytes rebuild(String type, String key, long elements, long offset, long[] shape, long[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").op('(');
        op('(').text("storage").global("torch", type).text(key).text("cpu").number(elements).op('t', 'Q');
        number(offset).tuple(shape).tuple(strides).op(0x89).global("collections", "OrderedDict").op(')', 'R');
        return op('t', 'R');
    }

    TorchBytes global(String module, String name) {
        op('c');
        pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    TorchBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X');
        pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
        pickle.writeBytes(bytes);
        return this;
    }

    TorchBytes number(long number) {
        if (number >= 0 && number < 256) {
            return op('K', (int) number);
        }
        op(0x8a, 8);
        pickle.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
        return this;
    }

    TorchBytes tuple(long... numbers) {
        op('(');
        for (long number : numbers) {
            number(number);
        }
        return op('t');
    }

    /** Opcodes or their bytes. */
    TorchBytes op(int... bytes) {
        for (int each : bytes) {
            pickle.write(each);
        }
        return this;
    }

    /** A further entry of the zip. */
    TorchBytes entry(String name, byte[] content) {
        zip.entry("archive/" + name, content);
        return this;
    }

    /** The dictionary's pickle, ended. */
    byte[] pickle() {
        op('u', '.');
        return pickle.toByteArray();
    }

    /** The file, with the dictionary ended. */
    public byte[] bytes() {
        return file(pickle());
    }

    /** The file with whatever the pickle is so far. */
    byte[] raw() {
        return file(pickle.toByteArray());
    }

    private byte[] file(byte[] content) {
        return zip.entry("archive/data.pkl", content).entry("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII))
                .entry("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII)).bytes();
    }
}
