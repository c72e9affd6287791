package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.SafetensorsFile;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.text.Vocabulary;

/** A folder in Hugging Face's layout: config.json, model.safetensors or shards with their index, and maybe a tokenizer. */
final class HuggingFaceCheckpoint implements Checkpoint {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final JsonFile configJson;
    private final ModelConfig config;
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();

    private HuggingFaceCheckpoint(Path folder) throws IOException {
        this.folder = folder;
        Path configFile = folder.resolve("config.json");
        if (!Files.exists(configFile)) {
            throw new IOException(folder + " holds no config.json, as Hugging Face's layout has it, and no params.json, as Meta's.");
        }
        this.configJson = JsonFile.read(configFile);
        this.config = LlamaConfigJson.parse(configJson);
    }

    static HuggingFaceCheckpoint open(Path folder) throws IOException {
        HuggingFaceCheckpoint checkpoint = new HuggingFaceCheckpoint(folder);
        try {
            checkpoint.openWeights();
            return checkpoint;
        } catch (IOException | RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public TensorRows tensor(String name) throws IOException {
        return tensors.get(name).encoded(name);
    }

    /**
     * tokenizer.json tells more than tokenizer.model, which knows nothing of tokens added in fine-tuning; the latter is
     * what Llama 2 came with and is taken where it stands alone.
     */
    @Override
    public Optional<Vocabulary> vocabulary() throws IOException {
        Path json = folder.resolve("tokenizer.json");
        Path sentencePiece = folder.resolve("tokenizer.model");
        if (Files.exists(json)) {
            return Optional.of(Vocabulary.fromTokenizerJson(json,
                    Optional.of(folder.resolve("tokenizer_config.json")).filter(Files::exists)));
        }
        if (!Files.exists(sentencePiece)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Vocabulary.fromSentencePiece(Files.readAllBytes(sentencePiece)));
        } catch (IOException e) {
            throw new IOException(sentencePiece + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Set<Integer> eosIds() throws IOException {
        Set<Integer> ids = new TreeSet<>(configJson.ids("eos_token_id"));
        ids.addAll(JsonFile.readIfPresent(folder.resolve("generation_config.json")).ids("eos_token_id"));
        return ids;
    }

    /** From tokenizer_config.json, where it is a text or a list of named texts, or from chat_template.jinja. */
    @Override
    public Optional<String> chatTemplate() throws IOException {
        Path file = folder.resolve("chat_template.jinja");
        if (Files.exists(file)) {
            return Optional.of(Files.readString(file));
        }
        Optional<JsonNode> template = JsonFile.readIfPresent(folder.resolve("tokenizer_config.json")).value("chat_template");
        return template.map(node -> node.isTextual() ? node.textValue() : node.findPath("template").asText());
    }

    @Override
    public Map<String, byte[]> originals() throws IOException {
        return OriginalFiles.read(folder);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }

    private void openWeights() throws IOException {
        if (Files.exists(folder.resolve(SINGLE))) {
            SafetensorsFile file = open(SINGLE);
            file.names().forEach(name -> add(name, file));
        } else if (Files.exists(folder.resolve(INDEX))) {
            openShards(JsonFile.read(folder.resolve(INDEX)));
        } else {
            throw new IOException(folder + " holds neither " + SINGLE + " nor " + INDEX
                    + "; weights in other forms, such as pickles (.bin), are not read in this layout.");
        }
    }

    private void openShards(JsonFile index) throws IOException {
        JsonFile map = index.object("weight_map").orElseThrow(() -> index.missing("weight_map"));
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.node().properties()) {
            String shard = entry.getValue().asText();
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.safetensors")) {
                throw new IOException(index.file() + ": tensor " + entry.getKey() + " is said to be in '" + shard
                        + "', which is no name of a safetensors file.");
            }
            if (!shards.containsKey(shard)) {
                shards.put(shard, open(shard));
            }
            if (!shards.get(shard).names().contains(entry.getKey())) {
                throw new IOException(index.file() + ": tensor " + entry.getKey() + " is not in " + shard + ".");
            }
            add(entry.getKey(), shards.get(shard));
        }
    }

    private SafetensorsFile open(String name) throws IOException {
        Path path = folder.resolve(name);
        if (!Files.exists(path)) {
            throw new IOException(path + " is missing.");
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        return file;
    }

    /** Early conversions stored the rotary frequencies, which follow from the configuration. */
    private void add(String name, SafetensorsFile file) {
        if (!name.endsWith(".rotary_emb.inv_freq")) {
            tensors.put(name, file);
        }
    }
}
