package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;

/**
 * A tensor of a file, memory-mapped.
 *
 * @param name in Hugging Face's naming of Llama checkpoints
 * @param type element type
 * @param shape dimensions, outermost first
 * @param data little-endian, read-only, exactly the elements
 */
public record StoredTensor(String name, Type type, long[] shape, ByteBuffer data) {

    /** Element types of stored weights. */
    public enum Type {
        F32(4), F16(2), BF16(2);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }
    }
}
