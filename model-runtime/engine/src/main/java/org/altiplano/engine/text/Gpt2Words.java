package org.altiplano.engine.text;

/**
 * Cuts text into words as GPT-2's regular expression does,
 * {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, in one pass without backtracking.
 */
final class Gpt2Words {

    private static final String[] CONTRACTIONS = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};

    private Gpt2Words() {
    }

    static void cut(String text, int from, int to, Words out) {
        for (int start = from; start < to; ) {
            int end = wordEnd(text, start, to);
            out.accept(text, start, end);
            start = end;
        }
    }

    private static int wordEnd(String text, int start, int to) {
        int contraction = contraction(text, start, to);
        if (contraction > 0) {
            return start + contraction;
        }
        int first = start;
        if (text.charAt(start) == ' ' && start + 1 < to && classAt(text, start + 1) != CharacterClass.SPACE) {
            first = start + 1;
        }
        byte word = classAt(text, first);
        int end = first;
        int last = first;
        while (end < to && classAt(text, end) == word) {
            last = end;
            end += Character.charCount(text.codePointAt(end));
        }
        // \s+(?!\S): before a word, the last white space of several is left to that word.
        return word == CharacterClass.SPACE && end < to && last > start ? last : end;
    }

    private static int contraction(String text, int start, int to) {
        if (text.charAt(start) == '\'') {
            for (String contraction : CONTRACTIONS) {
                if (start + contraction.length() <= to && text.startsWith(contraction, start)) {
                    return contraction.length();
                }
            }
        }
        return 0;
    }

    private static byte classAt(String text, int at) {
        return CharacterClass.of(text.codePointAt(at));
    }
}
