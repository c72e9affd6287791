package org.altiplano.engine.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.altiplano.engine.text.Vocabulary.Merge;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/** The pieces of a vocabulary and what follows from them. */
record PieceIndex(List<Piece> pieces) {

    /** Longer than any piece of a real vocabulary; keeps hostile ones from costing time. */
    private static final int MAX_LENGTH = 512;

    PieceIndex {
        pieces = List.copyOf(pieces);
    }

    /**
     * BOS and EOS are control tokens whatever a file says, and so are added tokens such as {@code <|im_start|>}, which
     * some checkpoints list as ordinary ones: text must not be able to become them.
     */
    PieceIndex withControls(OptionalInt bos, OptionalInt eos) {
        List<Piece> marked = new ArrayList<>(pieces);
        for (int id = 0; id < marked.size(); id++) {
            Piece piece = marked.get(id);
            boolean end = bos.isPresent() && bos.getAsInt() == id || eos.isPresent() && eos.getAsInt() == id;
            boolean tag = piece.type() == PieceType.USER_DEFINED && piece.text().matches("(?s)<\\|.+\\|>");
            if (tag || end && piece.type() != PieceType.UNKNOWN) {
                marked.set(id, new Piece(piece.text(), piece.score(), PieceType.CONTROL));
            }
        }
        return new PieceIndex(marked);
    }

    /** The ids of the pieces that ordinary text can become, by their text. */
    Map<String, Integer> ordinary() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            boolean ordinary = switch (piece.type()) {
                case NORMAL, USER_DEFINED, UNUSED -> true;
                case UNKNOWN, CONTROL, BYTE -> false;
            };
            if (ordinary && !piece.text().isEmpty()) {
                ids.put(piece.text(), id);
            }
        }
        return ids;
    }

    /** Per id the place of its score among all scores, the highest first; equal scores share a place. */
    int[] ranksByScore() {
        Map<Float, Integer> ranks = new TreeMap<>(Comparator.reverseOrder());
        pieces.forEach(piece -> ranks.put(piece.score(), 0));
        int rank = 0;
        for (Map.Entry<Float, Integer> entry : ranks.entrySet()) {
            entry.setValue(rank++);
        }
        return pieces.stream().mapToInt(piece -> ranks.get(piece.score())).toArray();
    }

    /** @throws IllegalArgumentException for a merge of or into what is no piece */
    MergeTable mergeTable(List<Merge> merges) {
        Map<String, Integer> ordinary = ordinary();
        Set<String> all = new HashSet<>();
        pieces.forEach(piece -> all.add(piece.text()));
        MergeTable table = new MergeTable();
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            checkId("merges", OptionalInt.of(merge.left()));
            checkId("merges", OptionalInt.of(merge.right()));
            String text = pieces.get(merge.left()).text() + pieces.get(merge.right()).text();
            Integer id = ordinary.get(text);
            if (id != null) {
                table.put(merge.left(), merge.right(), rank, id);
            } else if (!all.contains(text)) {
                throw new IllegalArgumentException("merges: number " + rank + " makes \"" + text + "\", which is no piece");
            }
            // Else it would make a control token of ordinary text: that merge is left out.
        }
        return table;
    }

    /** @throws IllegalArgumentException for no pieces, twins, overlong ones and scores that are not numbers */
    void check() {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("pieces: there are none");
        }
        Map<String, Integer> seen = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            Integer other = piece.text().isEmpty() ? null : seen.put(piece.text(), id);
            if (other != null) {
                throw new IllegalArgumentException("pieces: " + other + " and " + id + " are both \"" + piece.text() + "\"");
            }
            if (Float.isNaN(piece.score())) {
                throw new IllegalArgumentException("pieces: the score of " + id + " is not a number");
            }
            if (piece.text().length() > MAX_LENGTH) {
                throw new IllegalArgumentException("pieces: " + id + " is " + piece.text().length() + " characters long, over "
                        + MAX_LENGTH);
            }
        }
    }

    /** @throws IllegalArgumentException for an id that is no piece, naming the field */
    void checkId(String field, OptionalInt id) {
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= pieces.size())) {
            throw new IllegalArgumentException(field + ": id " + id.getAsInt() + " is outside the vocabulary of "
                    + pieces.size() + " pieces");
        }
    }
}
