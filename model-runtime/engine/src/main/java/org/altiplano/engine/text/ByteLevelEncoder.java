package org.altiplano.engine.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * GPT-2's byte-level BPE: text is cut into words, each word becomes UTF-8 bytes, and neighbours merge within the word by
 * the order of the merges. A byte without a piece of its own yields no token, as in Hugging Face's tokenizers.
 */
final class ByteLevelEncoder implements Encoder {

    private static final int MISSING = -1;

    private final Vocabulary vocabulary;
    private final Trie userDefined = new Trie();
    private final Map<String, Integer> ordinary;
    private final int[] bytes = new int[256];
    private final MergeTable merges;

    ByteLevelEncoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        PieceIndex index = new PieceIndex(vocabulary.pieces());
        ordinary = index.ordinary();
        ordinary.forEach((text, id) -> {
            if (vocabulary.pieces().get(id).type() == PieceType.USER_DEFINED) {
                userDefined.add(text, id);
            }
        });
        Arrays.setAll(bytes, b -> ordinary.getOrDefault(String.valueOf(ByteAlphabet.character(b)), MISSING));
        merges = index.mergeTable(vocabulary.merges());
    }

    @Override
    public int[] encode(String text) {
        Ids ids = new Ids();
        MergeRun run = new MergeRun(merges);
        Words words = Words.cutBy(vocabulary.preTokenizer(), (source, from, to) -> encodeWord(source, from, to, run, ids));
        int from = 0;
        if (!userDefined.isEmpty()) {
            for (int i = 0; i < text.length(); ) {
                int whole = userDefined.longestAt(text, i);
                if (whole < 0) {
                    i += Character.charCount(text.codePointAt(i));
                    continue;
                }
                words.accept(text, from, i);
                ids.add(whole);
                i += vocabulary.pieces().get(whole).text().length();
                from = i;
            }
        }
        words.accept(text, from, text.length());
        return ids.toArray();
    }

    private void encodeWord(String text, int from, int to, MergeRun run, Ids ids) {
        if (vocabulary.wholeWordsFirst()) {
            Integer whole = ordinary.get(ByteAlphabet.write(text.substring(from, to).getBytes(StandardCharsets.UTF_8)));
            if (whole != null) {
                ids.add(whole);
                return;
            }
        }
        run.clear();
        for (int i = from; i < to; ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            addBytes(codePoint, run);
        }
        run.merge(ids::add);
    }

    private void addBytes(int codePoint, MergeRun run) {
        if (codePoint < 0x80) {
            addByte(codePoint, run);
        } else if (codePoint < 0x800) {
            addByte(0xC0 | codePoint >> 6, run);
            addByte(0x80 | codePoint & 0x3F, run);
        } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            // A lone surrogate is no character: U+FFFD stands for it.
            addBytes(0xFFFD, run);
        } else {
            if (codePoint < 0x10000) {
                addByte(0xE0 | codePoint >> 12, run);
            } else {
                addByte(0xF0 | codePoint >> 18, run);
                addByte(0x80 | codePoint >> 12 & 0x3F, run);
            }
            addByte(0x80 | codePoint >> 6 & 0x3F, run);
            addByte(0x80 | codePoint & 0x3F, run);
        }
    }

    private void addByte(int unsignedByte, MergeRun run) {
        if (bytes[unsignedByte] != MISSING) {
            run.add(bytes[unsignedByte]);
        }
    }
}
