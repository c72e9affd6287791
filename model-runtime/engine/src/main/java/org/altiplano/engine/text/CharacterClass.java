package org.altiplano.engine.text;

/** The classes of characters by which GPT-2 tells words apart, as bytes for speed. */
final class CharacterClass {

    static final byte OTHER = 0;
    /** Unicode's category L. */
    static final byte LETTER = 1;
    /** Unicode's category N: decimal digits, letter-like and other numbers. */
    static final byte NUMBER = 2;
    /** Unicode's property White_Space, which is what {@code \s} means to a Unicode regular expression. */
    static final byte SPACE = 3;

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
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            default -> OTHER;
        };
    }
}
