package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A tensor that lies in one piece in a file, memory-mapped.
 *
 * @param file in which it lies
 * @param name in the file's own naming
 * @param format how its numbers are encoded; blocks never cross a row (the last dimension)
 * @param shape dimensions, outermost first
 * @param offset of its first byte in the file
 * @param data little-endian, read-only, exactly the encoded elements
 */
public record EncodedTensor(Path file, String name, BlockFormat format, long[] shape, long offset, ByteBuffer data)
        implements TensorRows {

    @Override
    public void decode(long row, float[] out, int to) {
        format.decode(data, begin(row), out, to, columns());
    }

    @Override
    public void copy(long row, ByteBuffer out) {
        int bytes = rowBytes();
        out.put(out.position(), data, begin(row), bytes).position(out.position() + bytes);
    }

    @Override
    public String place(long row, int column) {
        long at = data.capacity() == 0 ? 0 : row * rowBytes() + (long) column / format.elements() * format.bytes();
        return file + ": tensor " + name + " at offset " + (offset + at);
    }

    private int begin(long row) {
        return Math.toIntExact(row * rowBytes());
    }
}
