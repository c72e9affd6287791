package org.altiplano.engine.text;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * SentencePiece's {@code tokenizer.model}, a ModelProto (sentencepiece_model.proto; the field numbers below are its
 * own). Read and written are BPE models that leave the text as it is, as Llama 2's does; others are refused by what they want.
 */
final class SentencePieceModel {

    private static final int BPE = 2;
    private static final List<String> MODEL_TYPES = List.of("", "UNIGRAM", "BPE", "WORD", "CHAR");

    private final ProtobufMessage trainer;
    private final ProtobufMessage normalizer;
    private final List<Piece> pieces;

    SentencePieceModel(byte[] file) {
        ProtobufMessage model = ProtobufMessage.parse("model", ByteBuffer.wrap(file));
        pieces = model.messages(1, "pieces").map(SentencePieceModel::piece).toList();
        trainer = section(model, 2, "trainer_spec");
        normalizer = section(model, 3, "normalizer_spec");
    }

    Vocabulary vocabulary() {
        refuse(pieces.isEmpty(), "pieces: there are none");
        int type = (int) trainer.number(3, 1);
        refuse(type != BPE, "trainer_spec.model_type: only BPE is supported, not "
                + (type > 0 && type < MODEL_TYPES.size() ? MODEL_TYPES.get(type) : "type " + type));
        refuse(trainer.number(24, 0) != 0, "trainer_spec.treat_whitespace_as_suffix is not supported");
        refuse(normalizer.last(2).filter(map -> map.bytes().hasRemaining()).isPresent(),
                "normalizer_spec.precompiled_charsmap: only the identity is supported, not "
                        + normalizer.text(1, "name", "a rule without name"));
        refuse(normalizer.number(4, 1) != 0, "normalizer_spec.remove_extra_whitespaces is not supported");
        refuse(normalizer.number(5, 1) == 0, "normalizer_spec.escape_whitespaces: must be on");
        OptionalInt unknown = IntStream.range(0, pieces.size()).filter(id -> pieces.get(id).type() == PieceType.UNKNOWN).findFirst();
        OptionalInt bos = control(trainer.text(46, "bos_piece", "<s>"));
        boolean addSpacePrefix = normalizer.number(3, 1) != 0;
        // The file does not say whether a BOS belongs in front of a text; in Llama's models it does.
        return new Vocabulary(Vocabulary.Kind.SENTENCEPIECE, pieces, List.of(), List.of(), false, bos,
                control(trainer.text(47, "eos_piece", "</s>")), unknown, bos.isPresent(), addSpacePrefix);
    }

    /** The vocabulary as such a file; scores decide its merges. */
    static byte[] write(Vocabulary vocabulary) {
        ProtobufBytes model = new ProtobufBytes();
        for (Piece piece : vocabulary.pieces()) {
            model.message(1, new ProtobufBytes().text(1, piece.text()).real(2, piece.score())
                    .number(3, piece.type().number()));
        }
        ProtobufBytes trainer = new ProtobufBytes().number(3, BPE).number(4, vocabulary.pieces().size())
                .number(35, vocabulary.pieces().stream().anyMatch(piece -> piece.type() == PieceType.BYTE) ? 1 : 0)
                .number(40, vocabulary.unknown().orElse(-1)).number(41, vocabulary.bos().orElse(-1))
                .number(42, vocabulary.eos().orElse(-1)).number(43, -1);
        vocabulary.unknown().ifPresent(id -> trainer.text(45, vocabulary.pieces().get(id).text()));
        vocabulary.bos().ifPresent(id -> trainer.text(46, vocabulary.pieces().get(id).text()));
        vocabulary.eos().ifPresent(id -> trainer.text(47, vocabulary.pieces().get(id).text()));
        ProtobufBytes normalizer = new ProtobufBytes().text(1, "identity").number(3, vocabulary.addSpacePrefix() ? 1 : 0)
                .number(4, 0).number(5, 1);
        return model.message(2, trainer).message(3, normalizer).bytes();
    }

    private static ProtobufMessage section(ProtobufMessage model, int tag, String field) {
        return model.messages(tag, field).reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalArgumentException("model." + field + " is missing"));
    }

    private static Piece piece(ProtobufMessage piece) {
        return new Piece(piece.text(1, "piece", ""), Float.intBitsToFloat((int) piece.number(2, 0)),
                PieceType.ofNumber((int) piece.number(3, 1)));
    }

    private OptionalInt control(String text) {
        return IntStream.range(0, pieces.size())
                .filter(id -> pieces.get(id).type() == PieceType.CONTROL && pieces.get(id).text().equals(text))
                .findFirst();
    }

    private static void refuse(boolean refused, String why) {
        if (refused) {
            throw new IllegalArgumentException(why);
        }
    }
}
