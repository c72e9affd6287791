package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Matrices of the same height and format, side by side. */
record JoinedRows(List<TensorRows> parts, long[] shape) implements TensorRows {

    static JoinedRows of(List<TensorRows> parts) throws IOException {
        TensorRows first = parts.get(0);
        long columns = 0;
        for (TensorRows part : parts) {
            if (part.shape().length != 2 || part.shape()[0] != first.shape()[0] || part.format() != first.format()) {
                throw new IOException(part.place() + " is " + part.format() + " of the shape " + Arrays.toString(part.shape())
                        + ", which cannot be joined with " + first.format() + " of the shape "
                        + Arrays.toString(first.shape()) + " in " + first.place() + ".");
            }
            columns += part.shape()[1];
        }
        if (columns > Integer.MAX_VALUE) {
            throw new IOException(first.place() + " and its other parts have rows of " + columns + " numbers, too many.");
        }
        return new JoinedRows(List.copyOf(parts), new long[] {first.shape()[0], columns});
    }

    @Override
    public BlockFormat format() {
        return parts.get(0).format();
    }

    @Override
    public void decode(long row, float[] out, int to) {
        int at = to;
        for (TensorRows part : parts) {
            part.decode(row, out, at);
            at += part.columns();
        }
    }

    @Override
    public void copy(long row, ByteBuffer out) {
        parts.forEach(part -> part.copy(row, out));
    }

    @Override
    public String place(long row, int column) {
        int before = 0;
        for (TensorRows part : parts) {
            if (column < before + part.columns()) {
                return part.place(row, column - before);
            }
            before += part.columns();
        }
        return parts.get(0).place();
    }
}
