package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;

/**
 * A tensor as a checkpoint holds it, memory-mapped.
 *
 * @param name in the checkpoint's own naming
 * @param format how its numbers are encoded; blocks never cross a row (the last dimension)
 * @param shape dimensions, outermost first
 * @param data little-endian, read-only, exactly the encoded elements
 */
public record EncodedTensor(String name, BlockFormat format, long[] shape, ByteBuffer data) {
}
