package org.altiplano.engine.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Merge;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * The file {@code vocabulary.json} of the model store: pieces, scores and types as parallel arrays, types by
 * SentencePiece's numbers, merges as one flat array of pairs of ids.
 */
final class VocabularyFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private VocabularyFile() {
    }

    static void write(Vocabulary vocabulary, Path file) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("kind", vocabulary.kind().name());
        vocabulary.bos().ifPresent(id -> root.put("bos", id));
        vocabulary.eos().ifPresent(id -> root.put("eos", id));
        vocabulary.unknown().ifPresent(id -> root.put("unknown", id));
        root.put("addBos", vocabulary.addBos());
        root.put("addSpacePrefix", vocabulary.addSpacePrefix());
        root.put("wholeWordsFirst", vocabulary.wholeWordsFirst());
        ArrayNode splits = root.putArray("preTokenizer");
        vocabulary.preTokenizer().forEach(split -> putSplit(split, splits.addObject()));
        ArrayNode texts = root.putArray("pieces");
        ArrayNode scores = root.putArray("scores");
        ArrayNode types = root.putArray("types");
        for (Piece piece : vocabulary.pieces()) {
            texts.add(piece.text());
            scores.add(piece.score());
            types.add(piece.type().number());
        }
        ArrayNode merges = root.putArray("merges");
        vocabulary.merges().forEach(merge -> merges.add(merge.left()).add(merge.right()));
        Files.write(file, JSON.writeValueAsBytes(root));
    }

    static Vocabulary read(Path file) throws IOException {
        return JsonPart.parse(file, VocabularyFile::vocabulary);
    }

    private static Vocabulary vocabulary(JsonPart root) {
        return new Vocabulary(kind(root.at("kind")), pieces(root), merges(root.at("merges").items()),
                root.at("preTokenizer").items().stream().map(VocabularyFile::split).toList(),
                root.at("wholeWordsFirst").flag(false), id(root.at("bos")), id(root.at("eos")), id(root.at("unknown")),
                root.at("addBos").flag(false), root.at("addSpacePrefix").flag(false));
    }

    private static Kind kind(JsonPart kind) {
        for (Kind candidate : Kind.values()) {
            if (candidate.name().equals(kind.text())) {
                return candidate;
            }
        }
        throw kind.unsupported("\"" + kind.text() + "\"");
    }

    private static List<Piece> pieces(JsonPart root) {
        List<JsonPart> texts = root.at("pieces").items();
        List<JsonPart> scores = root.at("scores").items();
        List<JsonPart> types = root.at("types").items();
        root.at("scores").require(scores.size() == texts.size(), "as long as pieces");
        root.at("types").require(types.size() == texts.size(), "as long as pieces");
        List<Piece> pieces = new ArrayList<>(texts.size());
        for (int id = 0; id < texts.size(); id++) {
            pieces.add(new Piece(texts.get(id).text(), scores.get(id).number(), PieceType.ofNumber(types.get(id).integer())));
        }
        return pieces;
    }

    private static List<Merge> merges(List<JsonPart> ids) {
        List<Merge> merges = new ArrayList<>(ids.size() / 2);
        for (int i = 0; i + 1 < ids.size(); i += 2) {
            merges.add(new Merge(ids.get(i).integer(), ids.get(i + 1).integer()));
        }
        return merges;
    }

    private static void putSplit(WordSplit split, ObjectNode out) {
        if (split instanceof WordSplit.Digits digits) {
            out.put("digits", digits.individual());
        } else if (split instanceof WordSplit.Gpt2 gpt2) {
            out.put("gpt2", gpt2.addPrefixSpace());
        } else {
            out.put("regex", ((WordSplit.Regex) split).pattern());
        }
    }

    private static WordSplit split(JsonPart split) {
        if (split.at("digits").isPresent()) {
            return new WordSplit.Digits(split.at("digits").flag(true));
        }
        if (split.at("gpt2").isPresent()) {
            return new WordSplit.Gpt2(split.at("gpt2").flag(false));
        }
        return new WordSplit.Regex(split.at("regex").text());
    }

    private static OptionalInt id(JsonPart id) {
        return id.isPresent() ? OptionalInt.of(id.integer()) : OptionalInt.empty();
    }
}
