package org.altiplano.grid.wire;

/** Text that UTF-8 can carry: half a surrogate pair, which JSON may contain, becomes U+FFFD. */
final class UnicodeText {

    private UnicodeText() {
    }

    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (unpaired(text, i)) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            clean.append(unpaired(text, i) ? '\uFFFD' : text.charAt(i));
        }
        return clean.toString();
    }

    private static boolean unpaired(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
