package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads the operands of a pickle in order. Every length is compared with the bytes that are left before it is believed. */
final class PickleCursor {

    /** The longest name of a Llama tensor has 45 characters. */
    private static final int LONGEST_TEXT = 1_000;

    private final Path file;
    private final long base;
    private final ByteBuffer in;

    /** @param base offset of the pickle in the file, for messages */
    PickleCursor(Path file, long base, byte[] pickle) {
        this.file = file;
        this.base = base;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return in.position();
    }

    int remaining() {
        return in.remaining();
    }

    int readByte() throws IOException {
        need(1);
        return Byte.toUnsignedInt(in.get());
    }

    int readShort() throws IOException {
        need(2);
        return Short.toUnsignedInt(in.getShort());
    }

    int readInt() throws IOException {
        need(4);
        return in.getInt();
    }

    long readWide() throws IOException {
        need(8);
        return in.getLong();
    }

    /** A little-endian two's complement number of up to eight bytes, after their count. */
    long readLong(int at) throws IOException {
        int bytes = readByte();
        if (bytes > 8) {
            throw wrong("has a number of " + bytes + " bytes", at);
        }
        need(bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (in.get() & 0xffL) << 8 * i;
        }
        int unused = 64 - 8 * bytes;
        return bytes == 0 ? 0 : value << unused >> unused;
    }

    String readText(long bytes, int at) throws IOException {
        if (bytes > in.remaining() || bytes > LONGEST_TEXT) {
            throw wrong("has a text of " + bytes + " bytes, beyond its end or the limit of " + LONGEST_TEXT + ",", at);
        }
        byte[] text = new byte[(int) bytes];
        in.get(text);
        return plain(new String(text, StandardCharsets.UTF_8), at);
    }

    String readLine(int at) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = readByte(); next != '\n'; next = readByte()) {
            line.append((char) next);
            if (line.length() > LONGEST_TEXT) {
                throw wrong("has a name of more than " + LONGEST_TEXT + " characters", at);
            }
        }
        return plain(line.toString(), at);
    }

    /** @param at place of the opcode that is at fault */
    IOException wrong(String what, int at) {
        return new IOException(file + ": the pickle " + what + " at offset " + (base + at) + ".");
    }

    /** What comes from the file is shown in messages. */
    private String plain(String text, int at) throws IOException {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw wrong("has a text with control characters", at);
        }
        return text;
    }

    private void need(int bytes) throws IOException {
        if (in.remaining() < bytes) {
            throw wrong("ends too early", in.position());
        }
    }
}
