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
import java.util.regex.Pattern;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Merge;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/**
 * Hugging Face's {@code tokenizer.json} with a BPE model, byte-level or in SentencePiece's manner, parsed. What is not
 * done here exactly as there is refused by name.
 */
final class TokenizerJson {

    private static final String SPACE = String.valueOf(SentencePieceEncoder.SPACE);

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
        List<WordSplit> splits = new ArrayList<>();
        boolean byteLevel = addSplits(root.at("pre_tokenizer"), splits);
        boolean spacePrefix = !byteLevel && spacePrefix();
        if (byteLevel) {
            requireNoNormalizer(root.at("normalizer"));
        }
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
        return new Vocabulary(byteLevel ? Kind.BYTE_BPE : Kind.SENTENCEPIECE, pieces, merges(ids), splits,
                model.at("ignore_merges").flag(false), id(bos, ids), id(eos, ids), id(unknownText, ids),
                addBos && id(bos, ids).isPresent(), spacePrefix);
    }

    /** Adds the rules of a pre-tokenizer; returns whether it is a byte-level one. */
    private static boolean addSplits(JsonPart part, List<WordSplit> splits) {
        if (!part.isPresent()) {
            return false;
        }
        String type = part.at("type").text();
        switch (type) {
            case "Sequence" -> {
                boolean byteLevel = false;
                for (JsonPart item : part.at("pretokenizers").items()) {
                    byteLevel |= addSplits(item, splits);
                }
                return byteLevel;
            }
            case "ByteLevel" -> {
                boolean prefix = part.at("add_prefix_space").flag(true);
                if (part.at("use_regex").flag(true)) {
                    splits.add(new WordSplit.Gpt2(prefix));
                } else if (prefix) {
                    throw part.at("add_prefix_space").unsupported("true without use_regex");
                }
                return true;
            }
            case "Digits" -> splits.add(new WordSplit.Digits(part.at("individual_digits").flag(false)));
            case "Split" -> splits.add(split(part));
            case "Metaspace" -> {
                if (part.at("split").flag(true)) {
                    throw part.at("split").unsupported("true");
                }
                part.at("replacement").require(part.at("replacement").text().equals(SPACE), "U+2581");
            }
            default -> throw part.at("type").unsupported(type);
        }
        return false;
    }

    private static WordSplit split(JsonPart part) {
        if (!part.at("behavior").text().equals("Isolated") || part.at("invert").flag(false)) {
            throw part.at("behavior").unsupported("any but Isolated, not inverted,");
        }
        JsonPart pattern = part.at("pattern");
        return new WordSplit.Regex(pattern.at("String").isPresent() ? Pattern.quote(pattern.at("String").text())
                : pattern.at("Regex").text());
    }

    /**
     * Whether text gets a space in front; refuses normalizers that change more than spaces into U+2581. Metaspace leaves
     * the space out where a text begins with one; here it is put in front all the same, as SentencePiece itself does and
     * such models were trained.
     */
    private boolean spacePrefix() {
        JsonPart metaspace = root.at("pre_tokenizer");
        boolean prefix = false;
        boolean replaced = metaspace.isPresent();
        if (metaspace.isPresent()) {
            metaspace.at("type").require(metaspace.at("type").text().equals("Metaspace"), "ByteLevel or Metaspace");
            prefix = metaspace.at("prepend_scheme").ifPresent().map(scheme -> !scheme.text().equals("never"))
                    .orElseGet(() -> metaspace.at("add_prefix_space").flag(true));
        }
        JsonPart normalizer = root.at("normalizer");
        List<JsonPart> steps = !normalizer.isPresent() ? List.of()
                : normalizer.at("type").text().equals("Sequence") ? normalizer.at("normalizers").items() : List.of(normalizer);
        for (JsonPart step : steps) {
            String type = step.at("type").text();
            if (type.equals("Prepend") && step.at("prepend").text().equals(SPACE)) {
                prefix = true;
            } else if (type.equals("Replace") && step.at("pattern").at("String").text().equals(" ")
                    && step.at("content").text().equals(SPACE)) {
                replaced = true;
            } else {
                throw step.at("type").unsupported(type);
            }
        }
        if (!replaced) {
            throw new IllegalArgumentException("pre_tokenizer: neither byte-level nor one that writes spaces as U+2581");
        }
        return prefix;
    }

    private static void requireNoNormalizer(JsonPart normalizer) {
        if (normalizer.isPresent() && !(normalizer.at("type").text().equals("Sequence")
                && normalizer.at("normalizers").items().isEmpty())) {
            throw normalizer.at("type").unsupported(normalizer.at("type").text());
        }
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
