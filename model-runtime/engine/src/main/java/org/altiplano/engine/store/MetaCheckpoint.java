package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.text.Vocabulary;

/**
 * A folder as Meta gives Llama away: params.json, one consolidated.NN.pth for each part that model parallelism cut the
 * matrices into, and tokenizer.model there or one folder up. Read with Hugging Face's names and row order. Which way a
 * matrix was cut is told by its layer in Meta's model.py: ColumnParallelLinear holds rows of [out, in], RowParallelLinear
 * and ParallelEmbedding columns, RMSNorm the whole.
 */
final class MetaCheckpoint implements Checkpoint {

    private static final String PARAMS = "params.json";
    private static final Pattern BLOCK = Pattern.compile("layers\\.(0|[1-9]\\d{0,8})\\.([\\w.]+)\\.weight");
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final Map<String, String> OUTER = Map.of("tok_embeddings.weight", EMBEDDING, "norm.weight",
            "model.norm.weight", "output.weight", "lm_head.weight");
    private static final Map<String, String> INNER = Map.of("attention_norm", "input_layernorm", "attention.wq",
            "self_attn.q_proj", "attention.wk", "self_attn.k_proj", "attention.wv", "self_attn.v_proj", "attention.wo",
            "self_attn.o_proj", "ffn_norm", "post_attention_layernorm", "feed_forward.w1", "mlp.gate_proj", "feed_forward.w3",
            "mlp.up_proj", "feed_forward.w2", "mlp.down_proj");

    /** The end token of Llama 2's tokenizer. */
    private static final int EOS = 2;

    private final Path folder;
    private final MetaShards shards;
    private final Map<String, String> fileNames = new LinkedHashMap<>();
    private final ModelConfig config;

    private MetaCheckpoint(Path folder, MetaShards shards) throws IOException {
        this.folder = folder;
        this.shards = shards;
        for (String name : shards.names()) {
            // The rotary frequencies follow from the configuration; Llama 1 had them in every layer.
            if (!name.endsWith("rope.freqs")) {
                fileNames.put(canonical(name), name);
            }
        }
        this.config = MetaParamsJson.parse(JsonFile.read(folder.resolve(PARAMS)), this::rows,
                fileNames.containsKey("lm_head.weight"));
    }

    /** Whether a folder is in Meta's layout and not, or not also, in Hugging Face's. */
    static boolean isOne(Path folder) throws IOException {
        return !Files.exists(folder.resolve("config.json"))
                && (Files.exists(folder.resolve(PARAMS)) || MetaShards.areIn(folder));
    }

    static MetaCheckpoint open(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(PARAMS))) {
            throw new IOException(folder + " holds shards of Meta's form, but no " + PARAMS + ".");
        }
        MetaShards shards = MetaShards.open(folder);
        try {
            return new MetaCheckpoint(folder, shards);
        } catch (IOException | RuntimeException | Error e) {
            shards.close();
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
        String fileName = fileNames.get(name);
        if (name.endsWith("norm.weight")) {
            return shards.whole(fileName);
        }
        List<TensorRows> parts = shards.parts(fileName);
        if (name.equals(EMBEDDING) || name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight")) {
            return TensorRows.joined(parts);
        }
        TensorRows whole = TensorRows.stacked(parts);
        boolean turned = name.endsWith("q_proj.weight") || name.endsWith("k_proj.weight");
        return turned ? TensorRows.halfSplit(whole, config.shape().headDim()) : whole;
    }

    @Override
    public Optional<Vocabulary> vocabulary() throws IOException {
        Optional<Path> file = tokenizerFile();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Vocabulary.fromSentencePiece(Files.readAllBytes(file.get())));
        } catch (IOException e) {
            throw new IOException(file.get() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Set<Integer> eosIds() throws IOException {
        OptionalInt eos = vocabulary().map(Vocabulary::eos).orElse(OptionalInt.empty());
        return Set.of(eos.orElse(EOS));
    }

    @Override
    public Optional<String> chatTemplate() {
        return Optional.empty();
    }

    @Override
    public Map<String, byte[]> originals() throws IOException {
        Optional<Path> file = tokenizerFile();
        return file.isPresent() ? Map.of("tokenizer.model", Files.readAllBytes(file.get())) : Map.of();
    }

    @Override
    public void close() throws IOException {
        shards.close();
    }

    private String canonical(String name) throws IOException {
        Matcher block = BLOCK.matcher(name);
        if (block.matches() && INNER.containsKey(block.group(2))) {
            return "model.layers." + block.group(1) + "." + INNER.get(block.group(2)) + ".weight";
        }
        if (!OUTER.containsKey(name)) {
            throw new IOException(shards.first() + ": tensor " + name + " does not belong to a Llama model.");
        }
        return OUTER.get(name);
    }

    /** Rows of a matrix that was cut into rows, or whose columns were cut. */
    private int rows(String name) throws IOException {
        if (!fileNames.containsKey(name)) {
            throw new IOException(folder + ": tensor " + name + " is missing.");
        }
        List<Long> heights = shards.heights(fileNames.get(name));
        long rows = name.equals(EMBEDDING) ? heights.get(0) : heights.stream().mapToLong(Long::longValue).sum();
        if (rows < 1 || rows > Integer.MAX_VALUE) {
            throw new IOException(folder + ": tensor " + fileNames.get(name) + " has " + rows + " rows.");
        }
        return (int) rows;
    }

    private Optional<Path> tokenizerFile() {
        Path here = folder.resolve("tokenizer.model");
        Path above = folder.toAbsolutePath().normalize().resolveSibling("tokenizer.model");
        return Files.exists(here) ? Optional.of(here) : Optional.of(above).filter(Files::exists);
    }
}
