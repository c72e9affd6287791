package org.altiplano.engine.text;

import java.util.Arrays;

/**
 * GPT-2's way of writing any byte as a printable character ({@code bytes_to_unicode} in its encoder.py): printable Latin-1
 * stands for itself, the other bytes for U+0100 and on, in order.
 */
final class ByteAlphabet {

    private static final char[] CHARACTERS = new char[256];
    private static final short[] BYTES = new short[0x144];

    static {
        Arrays.fill(BYTES, (short) -1);
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARACTERS[b] = printable ? (char) b : next++;
            BYTES[CHARACTERS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {
    }

    static char character(int unsignedByte) {
        return CHARACTERS[unsignedByte];
    }

    /** The byte, 0 to 255, that a character stands for; -1 for a character outside the alphabet. */
    static int byteOf(char character) {
        return character < BYTES.length ? BYTES[character] : -1;
    }

    /** Bytes as text of this alphabet. */
    static String write(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            text.append(CHARACTERS[b & 0xFF]);
        }
        return text.toString();
    }
}
