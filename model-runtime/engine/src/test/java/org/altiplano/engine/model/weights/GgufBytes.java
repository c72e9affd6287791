package org.altiplano.engine.model.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes GGUF files for tests, honest or not. */
public final class GgufBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Version 3 with these counts. */
    public static GgufBytes header(long tensors, long pairs) {
        return new GgufBytes().raw("GGUF").integer(3).whole(tensors).whole(pairs);
    }

    public GgufBytes raw(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public GgufBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public GgufBytes integer(int value) {
        return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    public GgufBytes whole(long value) {
        return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    public GgufBytes string(String text) {
        return whole(text.length()).raw(text);
    }

    public GgufBytes text(String key, String value) {
        return string(key).integer(8).string(value);
    }

    public GgufBytes number(String key, int value) {
        return string(key).integer(4).integer(value);
    }

    public GgufBytes real(String key, float value) {
        return string(key).integer(6).integer(Float.floatToIntBits(value));
    }

    /** @param dimensions innermost first, as in the file */
    public GgufBytes tensor(String name, int type, long offset, long... dimensions) {
        string(name).integer(dimensions.length);
        for (long dimension : dimensions) {
            whole(dimension);
        }
        return integer(type).whole(offset);
    }

    /** Pads to a multiple of 32 bytes. */
    public GgufBytes pad() {
        return raw(new byte[(32 - out.size() % 32) % 32]);
    }

    public byte[] bytes() {
        return out.toByteArray();
    }
}
