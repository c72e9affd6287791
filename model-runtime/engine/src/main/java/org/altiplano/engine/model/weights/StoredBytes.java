package org.altiplano.engine.model.weights;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a stored tensor, which are read when they are asked for, by any thread. They are not mapped: the memory of a mapped
 * file stays with the process until its last buffer happens to be collected, and a file that is cut off under it ends the process.
 */
public interface StoredBytes {

    /** What {@link #part} returns at most. */
    int PART = 1 << 20;

    long count();

    /**
     * Fills a buffer with the bytes from a place on.
     *
     * @throws UncheckedIOException where they cannot be read; it names file, tensor and offset
     */
    void read(long from, ByteBuffer to);

    /** The bytes from a place on, little-endian, as many as are read at once by those who go through all of them. */
    default ByteBuffer part(long from) {
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART, count() - from)).order(ByteOrder.LITTLE_ENDIAN);
        read(from, part);
        return part.flip();
    }

    /** Those that are in memory already. */
    static StoredBytes of(ByteBuffer bytes) {
        return new StoredBytes() {
            @Override
            public long count() {
                return bytes.remaining();
            }

            @Override
            public void read(long from, ByteBuffer to) {
                to.put(bytes.slice(bytes.position() + (int) from, to.remaining()));
            }
        };
    }
}
