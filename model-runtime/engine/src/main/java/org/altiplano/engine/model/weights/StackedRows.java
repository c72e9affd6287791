package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Matrices of the same width and format, one above the other. */
record StackedRows(List<TensorRows> parts, long[] shape) implements TensorRows {

    static StackedRows of(List<TensorRows> parts) throws IOException {
        TensorRows first = parts.get(0);
        long rows = 0;
        for (TensorRows part : parts) {
            if (part.shape().length != 2 || part.shape()[1] != first.shape()[1] || part.format() != first.format()) {
                throw new IOException(part.place() + " is " + part.format() + " of the shape " + Arrays.toString(part.shape())
                        + ", which cannot be stacked with " + first.format() + " of the shape "
                        + Arrays.toString(first.shape()) + " in " + first.place() + ".");
            }
            rows = Math.addExact(rows, part.shape()[0]);
        }
        return new StackedRows(List.copyOf(parts), new long[] {rows, first.shape()[1]});
    }

    @Override
    public BlockFormat format() {
        return parts.get(0).format();
    }

    @Override
    public void decode(long row, float[] out, int to) {
        long before = 0;
        for (TensorRows part : parts) {
            if (row < before + part.shape()[0]) {
                part.decode(row - before, out, to);
                return;
            }
            before += part.shape()[0];
        }
        throw new IndexOutOfBoundsException(row);
    }

    @Override
    public void copy(long row, ByteBuffer out) {
        long before = 0;
        for (TensorRows part : parts) {
            if (row < before + part.shape()[0]) {
                part.copy(row - before, out);
                return;
            }
            before += part.shape()[0];
        }
        throw new IndexOutOfBoundsException(row);
    }

    @Override
    public String place(long row, int column) {
        long before = 0;
        for (TensorRows part : parts) {
            if (row < before + part.shape()[0]) {
                return part.place(row - before, column);
            }
            before += part.shape()[0];
        }
        return parts.get(0).place();
    }
}
