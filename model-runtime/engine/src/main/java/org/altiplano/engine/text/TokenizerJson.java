package org.altiplano.engine.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Merge;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * Hugging Face's {@code tokenizer.json} with a BPE model, byte-level or in SentencePiece's manner, parsed. What is not
 * done here exactly as there is refused by name.
 */
final class TokenizerJson {

    private final JsonPart root;
    private final Optional<JsonPart> config;
    private final JsonPart model;

    private TokenizerJson(JsonPart root, Optional<JsonPart> config) {
        this.root = root;
        this.config = config;
        this.model = root.at("model");
    }

    static Vocabulary read(Path tokenizerJson, Optional<Path> configJson) throws IOException {
        Optional<JsonPart> config = configJson.isPresent()
                ? Optional.of(JsonPart.parse(configJson.get(), part -> part))
                : Optional.empty();
        return JsonPart.parse(tokenizerJson, root -> new TokenizerJson(root, config).vocabulary());
    }

    private Vocabulary vocabulary() {
        String type = model.at("type").ifPresent().map(JsonPart::text).orElse("BPE");
        if (!type.equals("BPE")) {
            throw model.at("type").unsupported(type);
        }
        for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (model.at(affix).ifPresent().filter(part -> !part.text().isEmpty()).isPresent()) {
                throw model.at(affix).unsupported("\"" + model.at(affix).text() + "\"");
            }
        }
        TextRules rules = TextRules.of(root.at("normalizer"), root.at("pre_tokenizer"));
        boolean byteLevel = rules.byteLevel();
        Optional<String> unknownText = byteLevel ? Optional.empty() : model.at("unk_token").ifPresent().map(JsonPart::text);
        List<Piece> pieces = pieces(byteLevel, unknownText);
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id).text(), id);
        }
        Optional<String> first = firstOfTemplate(root.at("post_processor"));
        Optional<String> bos = configured("bos_token").or(() -> first).or(() -> byteLevel ? Optional.empty() : Optional.of("<s>"));
        Optional<String> eos = configured("eos_token").or(() -> byteLevel ? Optional.empty() : Optional.of("</s>"));
        boolean addBos = config.map(part -> part.at("add_bos_token")).filter(JsonPart::isPresent)
                .map(part -> part.flag(false)).orElse(first.isPresent());
        return new Vocabulary(byteLevel ? Kind.BYTE_BPE : Kind.SENTENCEPIECE, pieces, merges(ids), rules.splits(),
                model.at("ignore_merges").flag(false), id(bos, ids), id(eos, ids), id(unknownText, ids),
                addBos && id(bos, ids).isPresent(), rules.spacePrefix());
    }

    private List<Piece> pieces(boolean byteLevel, Optional<String> unknownText) {
        Map<Integer, Piece> byId = new TreeMap<>();
        JsonPart vocabulary = model.at("vocab");
        vocabulary.require(vocabulary.node().isObject(), "an object");
        boolean byteFallback = model.at("byte_fallback").flag(false);
        for (Iterator<String> texts = vocabulary.node().fieldNames(); texts.hasNext(); ) {
            String text = texts.next();
            boolean isByte = byteFallback && text.matches("<0x[0-9A-Fa-f]{2}>");
            put(byId, new JsonPart("model.vocab." + text, vocabulary.node().get(text)), text,
                    isByte ? PieceType.BYTE : PieceType.NORMAL);
        }
        for (JsonPart added : root.at("added_tokens").ifPresent().map(JsonPart::items).orElse(List.of())) {
            boolean special = added.at("special").flag(false);
            if (!special && (added.at("lstrip").flag(false) || added.at("rstrip").flag(false) || added.at("single_word").flag(false))) {
                throw added.unsupported("lstrip, rstrip or single_word of a token that is not special");
            }
            put(byId, added.at("id"), added.at("content").text(), special ? PieceType.CONTROL : PieceType.USER_DEFINED);
        }
        unknownText.ifPresent(text -> byId.replaceAll((id, piece) ->
                piece.text().equals(text) ? new Piece(text, 0, PieceType.UNKNOWN) : piece));
        int expected = 0;
        for (int id : byId.keySet()) {
            if (id != expected++) {
                throw new IllegalArgumentException("model.vocab: no token has the id " + (expected - 1));
            }
        }
        return List.copyOf(byId.values());
    }

    private static void put(Map<Integer, Piece> byId, JsonPart id, String text, PieceType type) {
        Piece other = byId.put(id.integer(), new Piece(text, 0, type));
        if (other != null && !other.text().equals(text)) {
            throw new IllegalArgumentException(id.path() + ": id " + id.integer() + " stands for \"" + other.text() + "\" and \""
                    + text + "\"");
        }
    }

    private List<Merge> merges(Map<String, Integer> ids) {
        List<JsonPart> items = model.at("merges").items();
        model.at("merges").require(!items.isEmpty(), "filled");
        List<Merge> merges = new ArrayList<>(items.size());
        for (JsonPart item : items) {
            // Older files have "left right", newer ones ["left", "right"].
            List<String> pair = item.node().isTextual() ? Arrays.asList(item.text().split(" ", -1))
                    : item.items().stream().map(JsonPart::text).toList();
            Integer left = pair.size() == 2 ? ids.get(pair.get(0)) : null;
            Integer right = pair.size() == 2 ? ids.get(pair.get(1)) : null;
            item.require(left != null && right != null, "two tokens: " + item.node());
            merges.add(new Merge(left, right));
        }
        return merges;
    }

    /** The special token that the post-processor puts in front of a single text. */
    private static Optional<String> firstOfTemplate(JsonPart processor) {
        if (!processor.isPresent()) {
            return Optional.empty();
        }
        return switch (processor.at("type").text()) {
            case "TemplateProcessing" -> processor.at("single").items().stream().findFirst()
                    .flatMap(first -> first.at("SpecialToken").at("id").ifPresent()).map(JsonPart::text);
            case "Sequence" -> processor.at("processors").items().stream()
                    .flatMap(step -> firstOfTemplate(step).stream()).findFirst();
            default -> Optional.empty();
        };
    }

    /** A token named in tokenizer_config.json, as a text or as an object. */
    private Optional<String> configured(String field) {
        return config.flatMap(part -> part.at(field).ifPresent())
                .map(part -> part.node().isObject() ? part.at("content").text() : part.text());
    }

    private static OptionalInt id(Optional<String> text, Map<String, Integer> ids) {
        Integer id = text.map(ids::get).orElse(null);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
