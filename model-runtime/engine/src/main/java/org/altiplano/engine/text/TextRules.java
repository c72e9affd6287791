package org.altiplano.engine.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the normalizer and the pre-tokenizer of a {@code tokenizer.json} do to text before BPE.
 *
 * @param byteLevel whether BPE works on bytes, in GPT-2's manner, rather than on characters, in SentencePiece's
 * @param splits how byte-level BPE cuts text into words
 * @param spacePrefix whether text gets a space in front; only in SentencePiece's manner
 */
record TextRules(boolean byteLevel, List<WordSplit> splits, boolean spacePrefix) {

    private static final String SPACE = String.valueOf(SentencePieceEncoder.SPACE);

    /** @throws IllegalArgumentException for rules that are not done here exactly, naming them */
    static TextRules of(JsonPart normalizer, JsonPart preTokenizer) {
        List<WordSplit> splits = new ArrayList<>();
        boolean byteLevel = addSplits(preTokenizer, splits);
        if (byteLevel) {
            requireNoNormalizer(normalizer);
        }
        return new TextRules(byteLevel, List.copyOf(splits), !byteLevel && spacePrefix(normalizer, preTokenizer));
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
    private static boolean spacePrefix(JsonPart normalizer, JsonPart metaspace) {
        boolean prefix = false;
        boolean replaced = metaspace.isPresent();
        if (metaspace.isPresent()) {
            metaspace.at("type").require(metaspace.at("type").text().equals("Metaspace"), "ByteLevel or Metaspace");
            prefix = metaspace.at("prepend_scheme").ifPresent().map(scheme -> !scheme.text().equals("never"))
                    .orElseGet(() -> metaspace.at("add_prefix_space").flag(true));
        }
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
}
