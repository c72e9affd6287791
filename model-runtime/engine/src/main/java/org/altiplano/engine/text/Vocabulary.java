package org.altiplano.engine.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The normal form of a tokenizer, wherever it came from: all that encoding and decoding need to know. The id of a piece
 * is its place in {@code pieces}.
 *
 * @param kind how text is cut into pieces
 * @param pieces every token
 * @param merges of byte-level BPE, and of SentencePiece vocabularies that come as merges: best first. A SentencePiece
 *        vocabulary without merges is merged by the scores of its pieces
 * @param preTokenizer how byte-level BPE cuts text into words before merging, in order; empty for SentencePiece
 * @param wholeWordsFirst whether a word that is a piece is taken without merging (Llama 3's {@code ignore_merges})
 * @param bos beginning of sequence
 * @param eos end of sequence
 * @param unknown stands for what no piece covers; none in byte-level BPE
 * @param addBos whether the model expects the BOS token in front of a text
 * @param addSpacePrefix whether SentencePiece puts a space in front of a text
 */
public record Vocabulary(Kind kind, List<Piece> pieces, List<Merge> merges, List<WordSplit> preTokenizer,
                         boolean wholeWordsFirst, OptionalInt bos, OptionalInt eos, OptionalInt unknown, boolean addBos,
                         boolean addSpacePrefix) {

    /** Longer than any piece of a real vocabulary; keeps hostile ones from costing time. */
    private static final int MAX_PIECE_LENGTH = 512;

    /** How text is cut into pieces. */
    public enum Kind {
        /** SentencePiece's BPE over characters, with byte fallback (Llama 2; arXiv 1808.06226). */
        SENTENCEPIECE,
        /** GPT-2's BPE over bytes. */
        BYTE_BPE
    }

    /** What a piece is for; the numbers are those of SentencePiece's model format, which GGUF took over. */
    public enum PieceType {
        NORMAL(1), UNKNOWN(2), CONTROL(3), USER_DEFINED(4), UNUSED(5), BYTE(6);

        private final int number;

        PieceType(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static PieceType ofNumber(int number) {
            for (PieceType type : values()) {
                if (type.number == number) {
                    return type;
                }
            }
            throw new IllegalArgumentException("unknown piece type " + number);
        }
    }

    /**
     * One token.
     *
     * @param text in SentencePiece with U+2581 for a space, in byte-level BPE in GPT-2's alphabet of 256 characters; the
     *        text of control and user-defined pieces of byte-level BPE is plain
     * @param score the higher, the sooner merged; 0 where merges decide
     */
    public record Piece(String text, float score, PieceType type) {

        public Piece {
            // -0 and 0 are one score.
            score += 0f;
        }
    }

    /** Two neighbours that become one piece, by ids. */
    public record Merge(int left, int right) {
    }

    /**
     * @throws IllegalArgumentException for what cannot be a vocabulary, naming the field
     */
    public Vocabulary {
        pieces = withControls(pieces, bos, eos);
        merges = List.copyOf(merges);
        preTokenizer = List.copyOf(preTokenizer);
        checkPieces(kind, pieces, unknown);
        requireId("bos", bos, pieces);
        requireId("eos", eos, pieces);
        requireId("unknown", unknown, pieces);
        for (Merge merge : merges) {
            requireId("merges", OptionalInt.of(merge.left()), pieces);
            requireId("merges", OptionalInt.of(merge.right()), pieces);
        }
        mergeTable(merges, pieces);
        Words.cutBy(preTokenizer, (text, from, to) -> { });
    }

    /** Reads SentencePiece's {@code tokenizer.model}; fails with a message that names the field at fault. */
    public static Vocabulary fromSentencePiece(byte[] tokenizerModel) throws IOException {
        try {
            return new SentencePieceModel(tokenizerModel).vocabulary();
        } catch (IllegalArgumentException e) {
            throw new IOException("tokenizer.model: " + e.getMessage(), e);
        }
    }

    /**
     * Reads Hugging Face's {@code tokenizer.json} and, where there is one, {@code tokenizer_config.json} beside it; fails
     * with a message that names file and field.
     */
    public static Vocabulary fromTokenizerJson(Path tokenizerJson, Optional<Path> tokenizerConfigJson) throws IOException {
        return TokenizerJson.read(tokenizerJson, tokenizerConfigJson);
    }

    /**
     * Reads the {@code tokenizer.ggml.*} values of a GGUF file; fails with a message that names the key at fault.
     *
     * @param metadata values are String, Number, Boolean, String[], int[] or float[]
     */
    public static Vocabulary fromGguf(Map<String, Object> metadata) throws IOException {
        try {
            return new GgufVocabulary(metadata).vocabulary();
        } catch (IllegalArgumentException e) {
            throw new IOException("GGUF metadata: " + e.getMessage(), e);
        }
    }

    /** Reads what {@link #write} wrote; fails with a message that names file and field. */
    public static Vocabulary read(Path file) throws IOException {
        return VocabularyFile.read(file);
    }

    public void write(Path file) throws IOException {
        VocabularyFile.write(this, file);
    }

    public Tokenizer tokenizer() {
        return new VocabularyTokenizer(this);
    }

    /** The pieces that ordinary text can become, by their text. */
    Map<String, Integer> ordinaryPieces() {
        return ordinaryPieces(pieces);
    }

    MergeTable mergeTable() {
        return mergeTable(merges, pieces);
    }

    /** Per piece the place of its score among all scores, the highest first; equal scores share a place. */
    int[] ranksByScore() {
        Map<Float, Integer> ranks = new TreeMap<>(Comparator.reverseOrder());
        pieces.forEach(piece -> ranks.put(piece.score(), 0));
        int rank = 0;
        for (Map.Entry<Float, Integer> entry : ranks.entrySet()) {
            entry.setValue(rank++);
        }
        return pieces.stream().mapToInt(piece -> ranks.get(piece.score())).toArray();
    }

    private static Map<String, Integer> ordinaryPieces(List<Piece> pieces) {
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

    private static MergeTable mergeTable(List<Merge> merges, List<Piece> pieces) {
        Map<String, Integer> ordinary = ordinaryPieces(pieces);
        Set<String> all = pieces.stream().map(Piece::text).collect(Collectors.toSet());
        MergeTable table = new MergeTable();
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
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

    /**
     * BOS and EOS are control tokens whatever a file says, and so are added tokens such as {@code <|im_start|>}, which
     * some checkpoints list as ordinary ones: text must not be able to become them.
     */
    private static List<Piece> withControls(List<Piece> pieces, OptionalInt bos, OptionalInt eos) {
        List<Piece> marked = new ArrayList<>(pieces);
        for (int id = 0; id < marked.size(); id++) {
            Piece piece = marked.get(id);
            boolean end = bos.isPresent() && bos.getAsInt() == id || eos.isPresent() && eos.getAsInt() == id;
            boolean tag = piece.type() == PieceType.USER_DEFINED && piece.text().matches("(?s)<\\|.+\\|>");
            if (tag || end && piece.type() != PieceType.UNKNOWN) {
                marked.set(id, new Piece(piece.text(), piece.score(), PieceType.CONTROL));
            }
        }
        return List.copyOf(marked);
    }

    private static void checkPieces(Kind kind, List<Piece> pieces, OptionalInt unknown) {
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
            if (piece.type() == PieceType.NORMAL && piece.text().length() > MAX_PIECE_LENGTH) {
                throw new IllegalArgumentException("pieces: " + id + " is " + piece.text().length() + " characters long, over "
                        + MAX_PIECE_LENGTH);
            }
        }
        boolean everyByte = kind == Kind.SENTENCEPIECE && SentencePieceEncoder.byteIds(pieces).length > 0;
        if (kind == Kind.SENTENCEPIECE && unknown.isEmpty() && !everyByte) {
            throw new IllegalArgumentException("pieces: there is neither an unknown piece nor one for each byte");
        }
    }

    private static void requireId(String field, OptionalInt id, List<Piece> pieces) {
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= pieces.size())) {
            throw new IllegalArgumentException(field + ": id " + id.getAsInt() + " is outside the vocabulary of "
                    + pieces.size() + " pieces");
        }
    }
}
