package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the front of a GGUF file in order (github.com/ggml-org/ggml, docs/gguf.md). Every count is compared with the bytes
 * that are left before anything is allocated for it.
 */
final class GgufCursor {

    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Bytes of a value by type number; of a string its length field, of an array its type and length. */
    private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

    private final Path file;
    private final ByteBuffer in;
    private final boolean cut;

    /**
     * @param in the front of the file, little-endian
     * @param cut whether the file is longer
     */
    GgufCursor(Path file, ByteBuffer in, boolean cut) {
        this.file = file;
        this.in = in;
        this.cut = cut;
    }

    int offset() {
        return in.position();
    }

    int readInt(String what) throws IOException {
        need(4, what);
        return in.getInt();
    }

    long readLong(String what) throws IOException {
        need(8, what);
        return in.getLong();
    }

    /** A number of things that take {@code bytes} or more each. */
    private int readCount(String what, int bytes) throws IOException {
        return readCount(what, bytes, Integer.MAX_VALUE);
    }

    /** A number of things, {@code most} or fewer, that take {@code bytes} or more each. */
    int readCount(String what, int bytes, int most) throws IOException {
        int at = in.position();
        long count = readLong(what);
        if (count > most && count <= in.remaining() / bytes) {
            throw new IOException(file + ": " + what + " at offset " + at + " says " + count + "; at most " + most
                    + " are read.");
        }
        if (count < 0 || count > in.remaining() / bytes) {
            throw new IOException(file + ": " + what + " at offset " + at + " says " + Long.toUnsignedString(count)
                    + ", but only " + in.remaining() + " bytes follow" + (cut ? " within the limit of the metadata." : "."));
        }
        return (int) count;
    }

    String readString(String what) throws IOException {
        int length = readCount("the length of " + what, 1);
        if (length == 0) {
            return "";
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** String, Long, Double, Boolean, String[], int[], float[]; an empty array for arrays of 64-bit numbers. */
    Object readValue(String key) throws IOException {
        int type = readType(key);
        return switch (type) {
            case STRING -> readString(key);
            case ARRAY -> readArray(key);
            default -> readScalar(type, key);
        };
    }

    private int readType(String key) throws IOException {
        int at = in.position();
        int type = readInt("the type of " + key);
        if (type < 0 || type >= BYTES.length) {
            throw new IOException(file + ": " + key + " at offset " + at + " has the unknown type " + type + ".");
        }
        return type;
    }

    private Object readScalar(int type, String key) throws IOException {
        need(BYTES[type], key);
        return switch (type) {
            case 0 -> (long) Byte.toUnsignedInt(in.get());
            case 1 -> (long) in.get();
            case 2 -> (long) Short.toUnsignedInt(in.getShort());
            case 3 -> (long) in.getShort();
            case 4 -> Integer.toUnsignedLong(in.getInt());
            case 5 -> (long) in.getInt();
            case 6 -> (double) in.getFloat();
            case BOOL -> in.get() != 0;
            case 12 -> in.getDouble();
            default -> in.getLong();
        };
    }

    private Object readArray(String key) throws IOException {
        int at = in.position();
        int type = readType(key);
        int length = readCount("the length of " + key, BYTES[type]);
        switch (type) {
            case ARRAY -> throw new IOException(file + ": " + key + " at offset " + at + " is an array of arrays.");
            case STRING -> {
                String[] strings = new String[length];
                for (int i = 0; i < length; i++) {
                    strings[i] = readString(key);
                }
                return strings;
            }
            case 6 -> {
                float[] floats = new float[length];
                in.asFloatBuffer().get(floats);
                in.position(in.position() + 4 * length);
                return floats;
            }
            case 10, 11, 12 -> {
                in.position(in.position() + 8 * length);
                return new int[0];
            }
            default -> {
                int[] numbers = new int[length];
                for (int i = 0; i < length; i++) {
                    numbers[i] = type == BOOL ? in.get() : ((Long) readScalar(type, key)).intValue();
                }
                return numbers;
            }
        }
    }

    private void need(int bytes, String what) throws IOException {
        if (in.remaining() < bytes) {
            throw new IOException(file + ": ends within " + what + " at offset " + in.position()
                    + (cut ? ", beyond the limit of the metadata." : "."));
        }
    }
}
