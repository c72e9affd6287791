package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A matrix or vector of plain numbers that do not lie side by side, as PyTorch saves a transposed or sliced tensor.
 *
 * @param file in which it lies
 * @param name in the file's own naming
 * @param format of one element a block
 * @param shape one or two dimensions
 * @param rowStride elements from a row to the next
 * @param columnStride elements from a number to the next of its row
 * @param offset of its first byte in the file
 * @param data little-endian, read-only, from the first number to the last
 */
record StridedTensor(Path file, String name, BlockFormat format, long[] shape, long rowStride, long columnStride, long offset,
                     ByteBuffer data) implements TensorRows {

    @Override
    public void decode(long row, float[] out, int to) {
        int columns = columns();
        for (int column = 0; column < columns; column++) {
            format.decode(data, at(row, column), out, to + column, 1);
        }
    }

    @Override
    public void copy(long row, ByteBuffer out) {
        int columns = columns();
        for (int column = 0; column < columns; column++) {
            out.put(out.position(), data, at(row, column), format.bytes()).position(out.position() + format.bytes());
        }
    }

    @Override
    public String place(long row, int column) {
        return file + ": tensor " + name + " at offset " + (offset + at(row, column));
    }

    private int at(long row, long column) {
        return Math.toIntExact((row * rowStride + column * columnStride) * format.bytes());
    }
}
