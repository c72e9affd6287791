package org.altiplano.engine.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Merge;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/** The {@code tokenizer.ggml.*} values of a GGUF file (ggml's docs/gguf.md), parsed. */
final class GgufVocabulary {

    private static final String PREFIX = "tokenizer.ggml.";

    private final Map<String, Object> metadata;

    GgufVocabulary(Map<String, Object> metadata) {
        this.metadata = metadata;
    }

    Vocabulary vocabulary() {
        String model = value("model", String.class);
        return switch (model) {
            case "llama" -> sentencePiece();
            case "gpt2" -> byteLevel();
            default -> throw new IllegalArgumentException(PREFIX + "model: \"" + model + "\" is not supported");
        };
    }

    private Vocabulary sentencePiece() {
        if (metadata.containsKey(PREFIX + "precompiled_charsmap")) {
            throw new IllegalArgumentException(PREFIX + "precompiled_charsmap is not supported");
        }
        String[] texts = value("tokens", String[].class);
        float[] scores = value("scores", float[].class);
        requireLength("scores", scores.length, texts.length);
        // The defaults are llama.cpp's.
        return new Vocabulary(Kind.SENTENCEPIECE, pieces(texts, scores), List.of(), List.of(), false,
                OptionalInt.of(id("bos_token_id").orElse(1)), OptionalInt.of(id("eos_token_id").orElse(2)),
                OptionalInt.of(id("unknown_token_id").orElse(0)), flag("add_bos_token", true), flag("add_space_prefix", true));
    }

    private Vocabulary byteLevel() {
        String[] texts = value("tokens", String[].class);
        OptionalInt bos = id("bos_token_id");
        return new Vocabulary(Kind.BYTE_BPE, pieces(texts, new float[texts.length]), merges(texts),
                WordSplit.ofGgufName(value("pre", String.class)), value("pre", String.class).startsWith("llama"), bos,
                id("eos_token_id"), OptionalInt.empty(), flag("add_bos_token", false) && bos.isPresent(), false);
    }

    private List<Piece> pieces(String[] texts, float[] scores) {
        int[] types = value("token_type", int[].class);
        requireLength("token_type", types.length, texts.length);
        List<Piece> pieces = new ArrayList<>(texts.length);
        for (int id = 0; id < texts.length; id++) {
            pieces.add(new Piece(texts[id], scores[id], PieceType.ofNumber(types[id])));
        }
        return pieces;
    }

    private List<Merge> merges(String[] texts) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < texts.length; id++) {
            ids.put(texts[id], id);
        }
        List<Merge> merges = new ArrayList<>();
        for (String merge : value("merges", String[].class)) {
            int space = merge.indexOf(' ', 1);
            Integer left = space < 0 ? null : ids.get(merge.substring(0, space));
            Integer right = space < 0 ? null : ids.get(merge.substring(space + 1));
            if (left == null || right == null) {
                throw new IllegalArgumentException(PREFIX + "merges: \"" + merge + "\" is not two tokens");
            }
            merges.add(new Merge(left, right));
        }
        return merges;
    }

    private <T> T value(String key, Class<T> type) {
        Object value = metadata.get(PREFIX + key);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(PREFIX + key + (value == null ? " is missing" : " has the wrong type"));
        }
        return type.cast(value);
    }

    private boolean flag(String key, boolean otherwise) {
        return metadata.containsKey(PREFIX + key) ? value(key, Boolean.class) : otherwise;
    }

    private OptionalInt id(String key) {
        if (!metadata.containsKey(PREFIX + key)) {
            return OptionalInt.empty();
        }
        long id = value(key, Number.class).longValue();
        if (id < 0 || id > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(PREFIX + key + ": " + id + " is no token");
        }
        return OptionalInt.of((int) id);
    }

    private static void requireLength(String key, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(PREFIX + key + " has " + length + " entries for " + expected + " tokens");
        }
    }
}
