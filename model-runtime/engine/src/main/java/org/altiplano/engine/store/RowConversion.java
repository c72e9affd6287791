package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import org.altiplano.engine.model.weights.Float16;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.TensorRows;

/**
 * Owns the buffers through which rows of a tensor pass into the store, on one thread at a time: a MiB, whatever the
 * tensor's size. Numbers that are none are refused on the way.
 */
final class RowConversion {

    private static final int BUFFER = 1 << 20;

    private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private float[] numbers = new float[0];
    private short[] halves = new short[0];

    /** How many rows are converted at once: what fits a buffer. */
    static long rowsAtOnce(TensorRows rows, StoredTensor.Type type) {
        return Math.max(1, BUFFER / Math.max(1, (long) rows.columns() * type.bytes()));
    }

    /**
     * Converts the rows {@code from} to {@code to} and writes them to their place in the tensor that the writer has begun.
     *
     * @return whether their numbers fit the type
     */
    boolean convert(TensorRows rows, StoredTensor.Type type, long from, long to, SafetensorsWriter writer) throws IOException {
        prepare(rows.columns(), type, to - from);
        if (type.name().equals(rows.format().name())) {
            copy(rows, from, to);
            checkFinite(rows, type, from);
        } else if (!encode(rows, type, from, to)) {
            return false;
        }
        writer.writeAt(from * rows.columns() * type.bytes(), out.flip());
        return true;
    }

    private void prepare(int columns, StoredTensor.Type type, long rows) {
        int bytes = Math.toIntExact(Math.multiplyExact(rows * type.bytes(), columns));
        if (out.capacity() < bytes) {
            out = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        out.clear();
        if (numbers.length < columns) {
            numbers = new float[columns];
            halves = new short[columns];
        }
    }

    private void copy(TensorRows rows, long from, long to) {
        for (long row = from; row < to; row++) {
            rows.copy(row, out);
        }
    }

    private boolean encode(TensorRows rows, StoredTensor.Type type, long from, long to) throws IOException {
        int columns = rows.columns();
        for (long row = from; row < to; row++) {
            rows.decode(row, numbers, 0);
            for (int i = 0; i < columns; i++) {
                if (!Float.isFinite(numbers[i])) {
                    throw notFinite(rows, row, i);
                }
            }
            if (type == StoredTensor.Type.F32) {
                out.asFloatBuffer().put(numbers, 0, columns);
                out.position(out.position() + columns * 4);
            } else if (Float16.encode(numbers, columns, halves)) {
                out.asShortBuffer().put(halves, 0, columns);
                out.position(out.position() + columns * 2);
            } else {
                return false;
            }
        }
        return true;
    }

    private void checkFinite(TensorRows rows, StoredTensor.Type type, long from) throws IOException {
        OptionalInt place = type.firstNotFinite(out.duplicate().flip());
        if (place.isPresent()) {
            throw notFinite(rows, from + place.getAsInt() / rows.columns(), place.getAsInt() % rows.columns());
        }
    }

    private IOException notFinite(TensorRows rows, long row, int column) {
        rows.decode(row, numbers, 0);
        return new IOException(rows.place(row, column) + " holds " + numbers[column] + " (row " + row + ", column " + column
                + ").");
    }
}
