package org.altiplano.engine.torch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes Python's pickle protocol 2: the dozen opcodes that libtorch's unpickler needs for an object with constants. */
final class Pickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle() {
        out.write(0x80);
        out.write(2);
    }

    /** Begins an object of a class, with its attributes as a dictionary that {@link #attribute} fills. */
    Pickle beginObject(String module, String type) {
        out.write('c');
        ascii(module + "\n" + type + "\n");
        emptyTuple();
        out.write(0x81); // new object
        out.write('}');
        out.write('(');
        return this;
    }

    /** @param value an Integer, Double, Boolean or String */
    Pickle attribute(String name, Object value) {
        text(name);
        if (value instanceof Integer number) {
            out.write('J');
            littleEndian(number);
        } else if (value instanceof Double number) {
            out.write('G');
            long bits = Double.doubleToLongBits(number);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) (bits >>> shift));
            }
        } else if (value instanceof Boolean truth) {
            out.write(truth ? 0x88 : 0x89);
        } else if (value instanceof String string) {
            text(string);
        } else {
            throw new IllegalArgumentException("Attribute " + name + " has no pickled form: " + value);
        }
        return this;
    }

    Pickle endObject() {
        out.write('u');
        out.write('b');
        return this;
    }

    Pickle emptyTuple() {
        out.write(')');
        return this;
    }

    byte[] stop() {
        out.write('.');
        return out.toByteArray();
    }

    private void text(String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        littleEndian(bytes.length);
        out.writeBytes(bytes);
    }

    private void littleEndian(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(value >>> shift);
        }
    }

    private void ascii(String string) {
        out.writeBytes(string.getBytes(StandardCharsets.US_ASCII));
    }
}
