package org.altiplano.engine.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * SentencePiece's BPE (bpe_model.cc): the text, spaces written as U+2581, starts as single characters; the neighbours
 * that make the piece with the highest score merge first. Merges cross word borders. A character that no piece covers
 * becomes its UTF-8 bytes, or the unknown token where the vocabulary has no pieces for bytes.
 *
 * <p>Symbols while merging: below {@code pieces} a piece; from there to {@code strangers} a character that is part of
 * pieces but none itself; from there on any other character, as code point + {@code strangers}. A user-defined piece is
 * {@code ~id}, as it never merges.
 */
final class SentencePieceEncoder implements Encoder {

    static final char SPACE = '\u2581';
    private static final int NO_BYTES = -1;

    private final Vocabulary vocabulary;
    private final Trie userDefined = new Trie();
    private final Map<Integer, Integer> characters = new HashMap<>();
    private final Set<Integer> unusedPieces = new HashSet<>();
    private final Map<Integer, Integer> partCodePoints = new HashMap<>();
    private final MergeTable merges;
    private final int pieces;
    private final int strangers;
    private final int[] bytes;
    private final int unknown;

    SentencePieceEncoder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        pieces = vocabulary.pieces().size();
        bytes = byteIds(vocabulary.pieces());
        unknown = vocabulary.unknown().orElse(-1);
        PieceIndex index = new PieceIndex(vocabulary.pieces());
        Map<String, Integer> ordinary = index.ordinary();
        ordinary.forEach((text, id) -> {
            PieceType type = vocabulary.pieces().get(id).type();
            if (type == PieceType.USER_DEFINED) {
                userDefined.add(text.replace(' ', SPACE), id);
            } else if (text.codePointCount(0, text.length()) == 1) {
                characters.put(text.codePointAt(0), id);
            }
            if (type == PieceType.UNUSED) {
                unusedPieces.add(id);
            }
        });
        merges = vocabulary.merges().isEmpty() ? scoredMerges(ordinary, index.ranksByScore())
                : index.mergeTable(vocabulary.merges());
        strangers = pieces + partCodePoints.size();
    }

    /**
     * Every way to make a piece of two symbols. Merging by score looks up whether two neighbours together are a piece;
     * a table of pairs gives the same answers without making strings.
     */
    private MergeTable scoredMerges(Map<String, Integer> ordinary, int[] ranks) {
        MergeTable table = new MergeTable();
        for (Map.Entry<String, Integer> entry : ordinary.entrySet()) {
            String text = entry.getKey();
            int id = entry.getValue();
            if (vocabulary.pieces().get(id).type() == PieceType.USER_DEFINED) {
                continue;
            }
            for (int cut = text.offsetByCodePoints(0, 1); cut < text.length(); cut = text.offsetByCodePoints(cut, 1)) {
                int left = symbol(text.substring(0, cut), ordinary);
                int right = left < 0 ? -1 : symbol(text.substring(cut), ordinary);
                if (right >= 0) {
                    table.put(left, right, ranks[id], id);
                }
            }
        }
        return table;
    }

    /** The symbol of a part of a piece; -1 where merging can never make that part. */
    private int symbol(String part, Map<String, Integer> ordinary) {
        Integer id = ordinary.get(part);
        if (id != null) {
            return id;
        }
        if (part.codePointCount(0, part.length()) > 1) {
            return -1;
        }
        return characters.computeIfAbsent(part.codePointAt(0), codePoint -> {
            int symbol = pieces + partCodePoints.size();
            partCodePoints.put(symbol, codePoint);
            return symbol;
        });
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String spaced = (vocabulary.addSpacePrefix() ? SPACE + text : text).replace(' ', SPACE);
        // SentencePiece remembers how each unused piece came about last, to take it apart again.
        Map<Integer, int[]> parts = new HashMap<>();
        MergeRun run = unusedPieces.isEmpty() ? new MergeRun(merges) : new MergeRun(merges, (left, right, merged) -> {
            if (unusedPieces.contains(merged)) {
                parts.put(merged, new int[] {left, right});
            }
        });
        for (int i = 0; i < spaced.length(); ) {
            int whole = userDefined.isEmpty() ? -1 : userDefined.longestAt(spaced, i);
            if (whole >= 0) {
                run.add(~whole);
                i += vocabulary.pieces().get(whole).text().length();
            } else {
                int codePoint = spaced.codePointAt(i);
                run.add(symbol(codePoint));
                i += Character.charCount(codePoint);
            }
        }
        Ids ids = new Ids();
        run.merge(symbol -> emit(symbol, parts, ids));
        return ids.toArray();
    }

    private int symbol(int codePoint) {
        // A lone surrogate is no character: U+FFFD stands for it.
        int character = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE ? 0xFFFD : codePoint;
        return characters.getOrDefault(character, strangers + character);
    }

    private void emit(int symbol, Map<Integer, int[]> parts, Ids ids) {
        if (symbol < 0) {
            ids.add(~symbol);
        } else if (parts.containsKey(symbol)) {
            for (int part : parts.get(symbol)) {
                emit(part, parts, ids);
            }
        } else if (symbol < pieces) {
            ids.add(symbol);
        } else {
            int codePoint = symbol < strangers ? partCodePoints.get(symbol) : symbol - strangers;
            emitUncovered(codePoint, ids);
        }
    }

    private void emitUncovered(int codePoint, Ids ids) {
        if (bytes.length > 0) {
            for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
                ids.add(bytes[b & 0xFF]);
            }
        } else if (ids.last() != unknown) {
            // A run of unknown characters is one token.
            ids.add(unknown);
        }
    }

    /** The ids of the pieces for the 256 bytes; empty unless all are there. */
    static int[] byteIds(List<Piece> pieces) {
        int[] ids = new int[256];
        Arrays.fill(ids, NO_BYTES);
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == PieceType.BYTE) {
                ids[byteOf(pieces.get(id).text())] = id;
            }
        }
        return Arrays.stream(ids).anyMatch(id -> id == NO_BYTES) ? new int[0] : ids;
    }

    /** The byte that a piece such as {@code <0x0A>} stands for. */
    static int byteOf(String text) {
        if (!text.matches("<0x[0-9A-Fa-f]{2}>")) {
            throw new IllegalArgumentException("byte piece \"" + text + "\" is not of the form <0x0A>");
        }
        return Integer.parseInt(text.substring(3, 5), 16);
    }
}
