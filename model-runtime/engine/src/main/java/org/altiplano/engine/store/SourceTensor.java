package org.altiplano.engine.store;

import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.BlockFormat;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.store.LlamaTensors.Expected;

/**
 * A tensor of a model that is being imported.
 *
 * @param expected what the configuration says of it
 * @param rows where its numbers are, in the same shape
 */
record SourceTensor(Expected expected, TensorRows rows) {

    /**
     * How it is stored. Norms are stored as F32. Linear weights are stored as F32 for {@link Dtype#FP32}; otherwise 16-bit
     * numbers stay as they are and others become F16.
     */
    StoredTensor.Type stored(Dtype dtype) {
        if (expected.isNorm() || dtype == Dtype.FP32) {
            return StoredTensor.Type.F32;
        }
        return rows.format() == BlockFormat.BF16 ? StoredTensor.Type.BF16 : StoredTensor.Type.F16;
    }

    long bytes(Dtype dtype) {
        return expected.elements() * stored(dtype).bytes();
    }
}
