package org.altiplano.engine.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The classes of characters by which GPT-2 tells words apart, as bytes for speed. They are Unicode 16's, which Hugging
 * Face's tokenizers use: what Java's own tables lack comes from a resource.
 */
final class CharacterClass {

    static final byte OTHER = 0;
    /** Unicode's category L. */
    static final byte LETTER = 1;
    /** Unicode's category N: decimal digits, letter-like and other numbers. */
    static final byte NUMBER = 2;
    /** Unicode's property White_Space, which is what {@code \s} means to a Unicode regular expression. */
    static final byte SPACE = 3;

    private static final String ADDITIONS_RESOURCE = "unicode-16-additions.txt";

    /** Ranges by their first code point: the last one and the class. */
    private static final TreeMap<Integer, int[]> ADDITIONS = additions();

    private static final byte[] BASIC_PLANE = new byte[0x10000];

    static {
        for (int codePoint = 0; codePoint < BASIC_PLANE.length; codePoint++) {
            BASIC_PLANE[codePoint] = classify(codePoint);
        }
    }

    private CharacterClass() {
    }

    static byte of(int codePoint) {
        return codePoint < BASIC_PLANE.length ? BASIC_PLANE[codePoint] : classify(codePoint);
    }

    private static byte classify(int codePoint) {
        if (Character.isSpaceChar(codePoint) || codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85) {
            return SPACE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
                 Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
            case Character.UNASSIGNED -> added(codePoint);
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            default -> OTHER;
        };
    }

    private static byte added(int codePoint) {
        Map.Entry<Integer, int[]> range = ADDITIONS.floorEntry(codePoint);
        return range != null && codePoint <= range.getValue()[0] ? (byte) range.getValue()[1] : OTHER;
    }

    /** Lines of first and last code point, in hexadecimal, and the category. */
    private static TreeMap<Integer, int[]> additions() {
        TreeMap<Integer, int[]> ranges = new TreeMap<>();
        try (InputStream in = CharacterClass.class.getResourceAsStream(ADDITIONS_RESOURCE);
             BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" ")).forEach(range ->
                    ranges.put(Integer.parseInt(range[0], 16),
                            new int[] {Integer.parseInt(range[1], 16), range[2].equals("L") ? LETTER : NUMBER}));
        } catch (IOException e) {
            throw new UncheckedIOException(ADDITIONS_RESOURCE + " cannot be read", e);
        }
        return ranges;
    }
}
