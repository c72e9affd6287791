package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;

/**
 * Meta's files and llama.cpp rotate neighbouring elements (2i, 2i + 1) of a head (RoFormer, arXiv 2104.09864), Hugging Face
 * elements (i, i + headDim / 2): row {@code half * headDim / 2 + i} of a head is its row {@code 2i + half} in those files.
 *
 * @param interleaved query or key matrix [heads * headDim, dim]
 * @param headDim even
 */
record HalfSplitRows(TensorRows interleaved, int headDim) implements TensorRows {

    @Override
    public BlockFormat format() {
        return interleaved.format();
    }

    @Override
    public long[] shape() {
        return interleaved.shape();
    }

    @Override
    public void decode(long row, float[] out, int to) {
        interleaved.decode(source(row), out, to);
    }

    @Override
    public void copy(long row, ByteBuffer out) {
        interleaved.copy(source(row), out);
    }

    @Override
    public String place(long row, int column) {
        return interleaved.place(source(row), column);
    }

    private long source(long row) {
        long within = row % headDim;
        return row - within + within % (headDim / 2) * 2 + within / (headDim / 2);
    }
}
