package org.altiplano.engine.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a stretch of text, for example a word. */
@FunctionalInterface
interface Words {

    /** Never called for an empty stretch by the cuts below; they themselves take empty ones and pass none on. */
    void accept(String text, int from, int to);

    /** Cuts what it takes by each rule in turn and hands the words to {@code last}. */
    static Words cutBy(List<WordSplit> rules, Words last) {
        Words words = last;
        for (int i = rules.size() - 1; i >= 0; i--) {
            words = cutBy(rules.get(i), words);
        }
        Words first = words;
        return (text, from, to) -> {
            if (from < to) {
                first.accept(text, from, to);
            }
        };
    }

    private static Words cutBy(WordSplit rule, Words out) {
        if (rule instanceof WordSplit.Digits digits) {
            return (text, from, to) -> cutDigits(text, from, to, digits.individual(), out);
        }
        if (rule instanceof WordSplit.Gpt2 gpt2) {
            return (text, from, to) -> {
                if (gpt2.addPrefixSpace() && text.charAt(from) != ' ') {
                    String prefixed = " " + text.substring(from, to);
                    Gpt2Words.cut(prefixed, 0, prefixed.length(), out);
                } else {
                    Gpt2Words.cut(text, from, to, out);
                }
            };
        }
        // Unicode classes, since \s and \d in tokenizer.json are Unicode's.
        Pattern pattern = Pattern.compile(((WordSplit.Regex) rule).pattern(), Pattern.UNICODE_CHARACTER_CLASS);
        return (text, from, to) -> cutMatches(pattern, text, from, to, out);
    }

    private static void cutDigits(String text, int from, int to, boolean individual, Words out) {
        int start = from;
        boolean inDigits = false;
        for (int i = from; i < to; ) {
            int codePoint = text.codePointAt(i);
            boolean digit = CharacterClass.of(codePoint) == CharacterClass.NUMBER;
            if (i > start && (digit != inDigits || digit && individual)) {
                out.accept(text, start, i);
                start = i;
            }
            inDigits = digit;
            i += Character.charCount(codePoint);
        }
        out.accept(text, start, to);
    }

    private static void cutMatches(Pattern pattern, String text, int from, int to, Words out) {
        // A rule sees only the stretch it is given: the region's borders hide the rest, as the default bounds do.
        Matcher matcher = pattern.matcher(text).region(from, to);
        int start = from;
        while (matcher.find()) {
            if (matcher.end() == matcher.start()) {
                continue;
            }
            if (matcher.start() > start) {
                out.accept(text, start, matcher.start());
            }
            out.accept(text, matcher.start(), matcher.end());
            start = matcher.end();
        }
        if (start < to) {
            out.accept(text, start, to);
        }
    }
}
