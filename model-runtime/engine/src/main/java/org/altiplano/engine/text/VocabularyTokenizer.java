package org.altiplano.engine.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.altiplano.contract.TokenBytes;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/** The tokenizer of a vocabulary. Immutable. */
final class VocabularyTokenizer implements Tokenizer {

    /** What SentencePiece shows for an unknown token. */
    private static final String UNKNOWN_TEXT = " \u2047 ";

    private final Vocabulary vocabulary;
    private final Encoder encoder;
    private final List<TokenBytes> bytes;
    private final Map<String, Integer> controls = new HashMap<>();

    VocabularyTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        boolean sentencePiece = vocabulary.kind() == Vocabulary.Kind.SENTENCEPIECE;
        encoder = sentencePiece ? new SentencePieceEncoder(vocabulary) : new ByteLevelEncoder(vocabulary);
        bytes = vocabulary.pieces().stream().map(sentencePiece ? VocabularyTokenizer::sentencePieceBytes
                : VocabularyTokenizer::byteLevelBytes).toList();
        for (int id = 0; id < size(); id++) {
            if (isControl(id)) {
                controls.put(vocabulary.pieces().get(id).text(), id);
            }
        }
    }

    @Override
    public int size() {
        return vocabulary.pieces().size();
    }

    @Override
    public int[] encode(String text) {
        return encoder.encode(text);
    }

    @Override
    public OptionalInt bos() {
        return vocabulary.addBos() ? vocabulary.bos() : OptionalInt.empty();
    }

    @Override
    public OptionalInt control(String text) {
        Integer id = controls.get(text);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean isControl(int id) {
        return vocabulary.pieces().get(id).type() == PieceType.CONTROL;
    }

    @Override
    public TokenBytes bytes(int id) {
        return bytes.get(id);
    }

    @Override
    public TokenBytes leadingBytes(int id) {
        Piece piece = vocabulary.pieces().get(id);
        boolean text = piece.type() != PieceType.BYTE && piece.type() != PieceType.UNKNOWN;
        byte[] value = bytes.get(id).value();
        return vocabulary.addSpacePrefix() && text && value.length > 0 && value[0] == ' '
                ? new TokenBytes(Arrays.copyOfRange(value, 1, value.length))
                : bytes.get(id);
    }

    @Override
    public String decode(int[] ids) {
        Detokenizer detokenizer = new Detokenizer(this, false);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.append(id));
        }
        return text.append(detokenizer.flush()).toString();
    }

    private static TokenBytes sentencePieceBytes(Piece piece) {
        return switch (piece.type()) {
            case CONTROL -> TokenBytes.EMPTY;
            case UNKNOWN -> TokenBytes.of(UNKNOWN_TEXT);
            case BYTE -> new TokenBytes(new byte[] {(byte) SentencePieceEncoder.byteOf(piece.text())});
            case NORMAL, USER_DEFINED, UNUSED -> TokenBytes.of(piece.text().replace(SentencePieceEncoder.SPACE, ' '));
        };
    }

    private static TokenBytes byteLevelBytes(Piece piece) {
        String text = piece.text();
        if (piece.type() == PieceType.CONTROL) {
            return TokenBytes.EMPTY;
        }
        if (piece.type() == PieceType.USER_DEFINED || text.chars().anyMatch(c -> ByteAlphabet.byteOf((char) c) < 0)) {
            return new TokenBytes(text.getBytes(StandardCharsets.UTF_8));
        }
        byte[] value = new byte[text.length()];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) ByteAlphabet.byteOf(text.charAt(i));
        }
        return new TokenBytes(value);
    }
}
