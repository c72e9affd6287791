package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.GgufFile;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.text.Vocabulary;

/** A GGUF file of the architecture {@code llama}, read with Hugging Face's names and row order. */
final class GgufCheckpoint implements Checkpoint {

    private static final Pattern BLOCK = Pattern.compile("blk\\.(0|[1-9]\\d{0,8})\\.(\\w+)\\.weight");
    private static final Map<String, String> OUTER = Map.of("token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight", "output.weight", "lm_head.weight");
    private static final Map<String, String> INNER = Map.of("attn_norm", "input_layernorm", "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj", "attn_v", "self_attn.v_proj", "attn_output", "self_attn.o_proj", "ffn_norm",
            "post_attention_layernorm", "ffn_gate", "mlp.gate_proj", "ffn_up", "mlp.up_proj", "ffn_down", "mlp.down_proj");

    private final Path path;
    private final GgufFile file;
    private final Map<String, String> fileNames = new LinkedHashMap<>();
    private final GgufMetadata metadata;
    private final ModelConfig config;

    private GgufCheckpoint(Path path, GgufFile file) throws IOException {
        this.path = path;
        this.file = file;
        this.metadata = new GgufMetadata(path, file.metadata());
        for (String name : file.names()) {
            fileNames.put(canonical(name), name);
        }
        this.config = parseConfig();
    }

    static GgufCheckpoint open(Path path) throws IOException {
        GgufFile file = GgufFile.open(path);
        try {
            return new GgufCheckpoint(path, file);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(fileNames.keySet());
    }

    @Override
    public TensorRows tensor(String name) throws IOException {
        TensorRows rows = file.tensor(fileNames.get(name));
        boolean turned = name.endsWith("q_proj.weight") || name.endsWith("k_proj.weight");
        return turned ? TensorRows.halfSplit(rows, config.shape().headDim()) : rows;
    }

    @Override
    public Optional<Vocabulary> vocabulary() throws IOException {
        String model = metadata.text("tokenizer.ggml.model").orElse("none");
        if (model.equals("none") || model.equals("no_vocab")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Vocabulary.fromGguf(file.metadata()));
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Set<Integer> eosIds() throws IOException {
        Set<Integer> ids = new TreeSet<>();
        for (String key : new String[] {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
            if (metadata.has(key)) {
                ids.add(metadata.whole(key, 0));
            }
        }
        return ids;
    }

    @Override
    public Optional<String> chatTemplate() throws IOException {
        return metadata.text("tokenizer.chat_template");
    }

    @Override
    public Map<String, byte[]> originals() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        chatTemplate().ifPresent(jinja -> files.put(OriginalFiles.CHAT_TEMPLATE, jinja.getBytes(StandardCharsets.UTF_8)));
        return files;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private String canonical(String name) throws IOException {
        Matcher block = BLOCK.matcher(name);
        if (block.matches() && INNER.containsKey(block.group(2))) {
            return "model.layers." + block.group(1) + "." + INNER.get(block.group(2)) + ".weight";
        }
        if (name.equals("rope_freqs.weight")) {
            throw new IOException(path + ": tensor rope_freqs.weight scales the rotary frequencies as Llama 3.1 does,"
                    + " which is not supported.");
        }
        if (!OUTER.containsKey(name)) {
            throw new IOException(path + ": tensor " + name + " does not belong to a Llama model.");
        }
        return OUTER.get(name);
    }

    private ModelConfig parseConfig() throws IOException {
        String architecture = metadata.text("general.architecture").orElseThrow(() -> metadata.missing("general.architecture"));
        if (!architecture.equals("llama")) {
            throw new IOException(path + ": the architecture " + architecture + " is not supported; llama is.");
        }
        // A file that was merged again says 0.
        if (metadata.has("split.count") && metadata.whole("split.count", 0) > 1) {
            throw new IOException(path + ": is one of " + metadata.whole("split.count", 0)
                    + " parts; merge them to one file with llama.cpp's llama-gguf-split first.");
        }
        metadata.require("llama.expert_count", 0);
        int dim = metadata.whole("llama.embedding_length", 1);
        int heads = metadata.whole("llama.attention.head_count", 1);
        int kvHeads = metadata.has("llama.attention.head_count_kv")
                ? metadata.whole("llama.attention.head_count_kv", 1) : heads;
        int headDim = metadata.has("llama.attention.key_length")
                ? metadata.whole("llama.attention.key_length", 1) : dim / heads;
        if (heads % kvHeads != 0) {
            throw new IOException(path + ": " + heads + " query heads cannot share " + kvHeads + " key/value heads.");
        }
        if (headDim == 0 || headDim % 2 != 0 || headDim == dim / heads && dim % heads != 0) {
            throw new IOException(path + ": " + heads + " heads do not fit the embedding length " + dim + ".");
        }
        metadata.require("llama.rope.dimension_count", headDim);
        metadata.require("llama.attention.value_length", headDim);
        ModelShape shape = new ModelShape(metadata.whole("llama.block_count", 1), dim, heads, kvHeads, headDim,
                metadata.whole("llama.feed_forward_length", 1), vocabularySize(), metadata.whole("llama.context_length", 1),
                !fileNames.containsKey("lm_head.weight"));
        return new ModelConfig(shape, metadata.positive("llama.attention.layer_norm_rms_epsilon")
                .orElseThrow(() -> metadata.missing("llama.attention.layer_norm_rms_epsilon")),
                metadata.positive("llama.rope.freq_base").orElse(10_000.0), ropeScale());
    }

    private int vocabularySize() throws IOException {
        if (!fileNames.containsKey("model.embed_tokens.weight")) {
            throw new IOException(path + ": has no tensor token_embd.weight.");
        }
        long rows = file.tensor("token_embd.weight").shape()[0];
        if (rows < 1 || rows > Integer.MAX_VALUE) {
            throw new IOException(path + ": tensor token_embd.weight has " + rows + " rows.");
        }
        return (int) rows;
    }

    private double ropeScale() throws IOException {
        String type = metadata.text("llama.rope.scaling.type").orElse("linear");
        if (type.equals("none")) {
            return 1;
        }
        if (!type.equals("linear")) {
            throw new IOException(path + ": the rope scaling type " + type + " is not supported; none and linear are.");
        }
        return Math.max(metadata.positive("llama.rope.scaling.factor").orElse(1.0),
                metadata.positive("llama.rope.scale_linear").orElse(1.0));
    }
}
