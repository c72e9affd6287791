package org.altiplano.engine.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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
        PieceIndex index = new PieceIndex(pieces).withControls(bos, eos);
        pieces = index.pieces();
        merges = List.copyOf(merges);
        preTokenizer = List.copyOf(preTokenizer);
        index.check();
        index.checkId("bos", bos);
        index.checkId("eos", eos);
        index.checkId("unknown", unknown);
        boolean everyByte = kind == Kind.SENTENCEPIECE && SentencePieceEncoder.byteIds(pieces).length > 0;
        if (kind == Kind.SENTENCEPIECE && unknown.isEmpty() && !everyByte) {
            throw new IllegalArgumentException("pieces: there is neither an unknown piece nor one for each byte");
        }
        // Building these finds merges that make no piece and expressions that are none.
        index.mergeTable(merges);
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

    /**
     * Writes files from which Hugging Face's libraries make the same tokenizer: {@code tokenizer.json} of a byte-level
     * vocabulary, {@code tokenizer.model} of SentencePiece's, and {@code tokenizer_config.json}.
     *
     * @throws IOException also for a SentencePiece vocabulary of merges, which only comes with files of its own
     */
    public void writeForOtherTools(Path folder) throws IOException {
        HuggingFaceTokenizer.write(this, folder);
    }

    public Tokenizer tokenizer() {
        return new VocabularyTokenizer(this);
    }
}
