package org.altiplano.engine.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes one message of Protocol Buffers' wire format, field by field. */
final class ProtobufBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A varint; negative numbers take ten bytes. */
    ProtobufBytes number(int tag, long value) {
        varint((long) tag << 3);
        varint(value);
        return this;
    }

    ProtobufBytes real(int tag, float value) {
        varint((long) tag << 3 | 5);
        int bits = Float.floatToIntBits(value);
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(bits >>> shift);
        }
        return this;
    }

    ProtobufBytes text(int tag, String text) {
        return bytes(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufBytes message(int tag, ProtobufBytes message) {
        return bytes(tag, message.bytes());
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private ProtobufBytes bytes(int tag, byte[] content) {
        varint((long) tag << 3 | 2);
        varint(content.length);
        out.writeBytes(content);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
