package org.altiplano.engine.model;

/** How KV entries are kept; attention computes in float32 from either. */
enum KvType {
    FLOAT16(5, 2),
    FLOAT32(6, 4);

    private final int torchType;
    private final int bytes;

    KvType(int torchType, int bytes) {
        this.torchType = torchType;
        this.bytes = bytes;
    }

    /** The number of the element type in a program's text. */
    int torchType() {
        return torchType;
    }

    /** Bytes of a number. */
    int bytes() {
        return bytes;
    }
}
