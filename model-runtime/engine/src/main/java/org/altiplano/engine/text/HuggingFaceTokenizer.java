package org.altiplano.engine.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;

/** A vocabulary in the files of Hugging Face's libraries (tokenizers' {@code tokenizer.json}), for models that came without. */
final class HuggingFaceTokenizer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vocabulary vocabulary;

    private HuggingFaceTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    static void write(Vocabulary vocabulary, Path folder) throws IOException {
        HuggingFaceTokenizer files = new HuggingFaceTokenizer(vocabulary);
        if (vocabulary.kind() == Kind.BYTE_BPE) {
            Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(files.tokenizer()));
        } else if (vocabulary.merges().isEmpty()) {
            Files.write(folder.resolve("tokenizer.model"), SentencePieceModel.write(vocabulary));
        } else {
            throw new IOException("The tokenizer was stored without the files it came in; remove the model and import it again.");
        }
        Files.write(folder.resolve("tokenizer_config.json"), JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(files.configuration()));
    }

    private ObjectNode configuration() {
        ObjectNode config = JSON.createObjectNode();
        config.put("tokenizer_class", vocabulary.kind() == Kind.BYTE_BPE ? "PreTrainedTokenizerFast" : "LlamaTokenizer");
        putToken(config, "bos_token", vocabulary.bos());
        putToken(config, "eos_token", vocabulary.eos());
        putToken(config, "unk_token", vocabulary.unknown());
        config.put("add_bos_token", vocabulary.addBos()).put("add_eos_token", false).put("clean_up_tokenization_spaces", false);
        if (vocabulary.kind() == Kind.SENTENCEPIECE) {
            config.put("add_prefix_space", vocabulary.addSpacePrefix()).put("legacy", true);
        }
        return config;
    }

    private void putToken(ObjectNode config, String field, OptionalInt id) {
        if (id.isPresent()) {
            config.put(field, vocabulary.pieces().get(id.getAsInt()).text());
        } else {
            config.putNull(field);
        }
    }

    private ObjectNode tokenizer() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        ObjectNode ids = JSON.createObjectNode();
        List<Piece> pieces = vocabulary.pieces();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            ids.put(piece.text(), id);
            if (piece.type() == PieceType.CONTROL || piece.type() == PieceType.USER_DEFINED) {
                added.addObject().put("id", id).put("content", piece.text()).put("single_word", false).put("lstrip", false)
                        .put("rstrip", false).put("normalized", false).put("special", piece.type() == PieceType.CONTROL);
            }
        }
        root.putNull("normalizer");
        putPreTokenizer(root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers"));
        putPostProcessor(root);
        root.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token")
                .putNull("continuing_subword_prefix").putNull("end_of_word_suffix").put("fuse_unk", false)
                .put("byte_fallback", false).put("ignore_merges", vocabulary.wholeWordsFirst());
        model.set("vocab", ids);
        ArrayNode merges = model.putArray("merges");
        vocabulary.merges().forEach(merge -> merges.addArray().add(pieces.get(merge.left()).text())
                .add(pieces.get(merge.right()).text()));
        return root;
    }

    private void putPreTokenizer(ArrayNode steps) {
        boolean bytes = false;
        for (WordSplit split : vocabulary.preTokenizer()) {
            if (split instanceof WordSplit.Digits digits) {
                steps.addObject().put("type", "Digits").put("individual_digits", digits.individual());
            } else if (split instanceof WordSplit.Gpt2 gpt2) {
                putByteLevel(steps, gpt2.addPrefixSpace(), true);
                bytes = true;
            } else {
                steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                        .putObject("pattern").put("Regex", ((WordSplit.Regex) split).pattern());
            }
        }
        if (!bytes) {
            putByteLevel(steps, false, false);
        }
    }

    private static void putByteLevel(ArrayNode steps, boolean prefix, boolean words) {
        steps.addObject().put("type", "ByteLevel").put("add_prefix_space", prefix).put("trim_offsets", true)
                .put("use_regex", words);
    }

    /** Puts the BOS token in front, where the model expects it. */
    private void putPostProcessor(ObjectNode root) {
        if (!vocabulary.addBos() || vocabulary.bos().isEmpty()) {
            root.putNull("post_processor");
            return;
        }
        int id = vocabulary.bos().getAsInt();
        String text = vocabulary.pieces().get(id).text();
        ObjectNode processor = root.putObject("post_processor").put("type", "TemplateProcessing");
        for (String field : new String[] {"single", "pair"}) {
            ArrayNode parts = processor.putArray(field);
            for (int sequence = 0; sequence < (field.equals("single") ? 1 : 2); sequence++) {
                parts.addObject().putObject("SpecialToken").put("id", text).put("type_id", sequence);
                parts.addObject().putObject("Sequence").put("id", sequence == 0 ? "A" : "B").put("type_id", sequence);
            }
        }
        ObjectNode special = processor.putObject("special_tokens").putObject(text);
        special.put("id", text).putArray("ids").add(id);
        special.putArray("tokens").add(text);
    }
}
