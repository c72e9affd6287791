package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a checkpoint, read row by row: a matrix [out, in] has {@code out} rows, a vector is one row. Nothing of it
 * is in memory but the pages of a mapped file; any thread may read.
 */
public interface TensorRows {

    /** How its numbers are encoded. */
    BlockFormat format();

    /** Dimensions, outermost first. */
    long[] shape();

    /** Decodes a row, {@link #columns()} numbers, to {@code out} from {@code to} on. */
    void decode(long row, float[] out, int to);

    /** Appends a row as it is encoded. */
    void copy(long row, ByteBuffer out);

    /** File, tensor and offset of a number, for messages. */
    String place(long row, int column);

    /** Where it begins, for messages. */
    default String place() {
        return place(0, 0);
    }

    /** Numbers in a row. */
    default int columns() {
        long[] shape = shape();
        return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
    }

    /** Rows of a matrix, 1 of a vector. */
    default long rows() {
        long[] shape = shape();
        return Arrays.stream(shape).limit(Math.max(0, shape.length - 1)).reduce(1, Math::multiplyExact);
    }

    /** Bytes of an encoded row. */
    default int rowBytes() {
        return Math.toIntExact((long) columns() / format().elements() * format().bytes());
    }

    /** Matrices [out_i, in] as one [sum of out_i, in]: what a column-parallel layer was cut into (Megatron, arXiv 1909.08053). */
    static TensorRows stacked(List<TensorRows> parts) throws IOException {
        return parts.size() == 1 ? parts.get(0) : StackedRows.of(parts);
    }

    /** Matrices [out, in_i] as one [out, sum of in_i]: what a row-parallel layer was cut into. */
    static TensorRows joined(List<TensorRows> parts) throws IOException {
        return parts.size() == 1 ? parts.get(0) : JoinedRows.of(parts);
    }

    /** A query or key matrix [heads * headDim, dim] whose rows turn in neighbouring pairs, in Hugging Face's order of rows. */
    static TensorRows halfSplit(TensorRows interleaved, int headDim) {
        return new HalfSplitRows(interleaved, headDim);
    }
}
