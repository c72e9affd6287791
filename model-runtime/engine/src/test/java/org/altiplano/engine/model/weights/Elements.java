package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads all elements of a small stored tensor. */
public final class Elements {

    private Elements() {
    }

    /** A copy, little-endian. */
    public static ByteBuffer of(StoredTensor tensor) {
        ByteBuffer all = ByteBuffer.allocate((int) tensor.elements().count()).order(ByteOrder.LITTLE_ENDIAN);
        tensor.elements().read(0, all);
        return all.flip();
    }
}
