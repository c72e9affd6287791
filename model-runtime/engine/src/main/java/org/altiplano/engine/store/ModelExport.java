package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredBytes;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.store.LlamaTensors.Expected;
import org.altiplano.engine.text.Vocabulary;

/**
 * Owns one export, on one thread: a stored model becomes a folder in Hugging Face's layout, its weights bit by bit as they
 * are stored. config.json is written last, so nothing takes the rest of an export that was cut off for a model.
 */
final class ModelExport {

    private static final String SINGLE = "model.safetensors";
    private static final long SPARE_BYTES = 64L << 20;

    private final StoredModel model;
    private final Path stored;
    private final Path target;
    private final Progress progress;

    /**
     * @param stored folder of the model in the store
     * @param target folder that is missing or empty
     */
    ModelExport(StoredModel model, Path stored, Path target, Progress progress) {
        this.model = model;
        this.stored = stored;
        this.target = target;
        this.progress = progress;
    }

    /** @param shardBytes how large a file of weights may be, unless one tensor is larger */
    void run(Disk disk, long shardBytes) throws IOException {
        if (Files.exists(target) && (!Files.isDirectory(target) || !isEmpty(target))) {
            throw new IOException(target + " is there already and no empty folder; nothing was exported.");
        }
        Optional<Vocabulary> vocabulary = vocabulary();
        List<List<Expected>> shards = shards(shardBytes);
        Files.createDirectories(target);
        String purpose = "Exporting " + model.manifest().name();
        disk.check(target, purpose, shards.stream().flatMap(List::stream).mapToLong(this::bytes).sum() + SPARE_BYTES);
        try {
            writeWeights(shards);
            writeTokenizer(vocabulary);
            JsonFile.write(target.resolve("config.json"), LlamaConfigJson.write(model.manifest(),
                    type("model.layers.0.self_attn.q_proj.weight"), vocabulary.map(Vocabulary::bos)));
            ModelImport.force(target);
        } catch (IOException e) {
            throw disk.explain(target, purpose, e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private Optional<Vocabulary> vocabulary() throws IOException {
        return model.manifest().tokenizer() ? Optional.of(Vocabulary.read(stored.resolve(ModelImport.VOCABULARY)))
                : Optional.empty();
    }

    private List<List<Expected>> shards(long shardBytes) {
        List<List<Expected>> shards = new ArrayList<>();
        long room = 0;
        for (Expected expected : LlamaTensors.of(model.manifest().config().shape())) {
            if (shards.isEmpty() || bytes(expected) > room) {
                shards.add(new ArrayList<>());
                room = shardBytes;
            }
            shards.get(shards.size() - 1).add(expected);
            room -= bytes(expected);
        }
        return shards;
    }

    private StoredTensor.Type type(String name) {
        return model.weights().tensor(name).type();
    }

    private long bytes(Expected expected) {
        return expected.elements() * type(expected.name()).bytes();
    }

    private void writeWeights(List<List<Expected>> shards) throws IOException {
        long total = shards.stream().flatMap(List::stream).mapToLong(this::bytes).sum();
        long done = 0;
        ObjectNode index = JsonFile.JSON.createObjectNode();
        index.putObject("metadata").put("total_size", total);
        ObjectNode map = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String file = shards.size() == 1 ? SINGLE
                    : String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
            List<String> names = shards.get(i).stream().map(Expected::name).toList();
            names.forEach(name -> map.put(name, file));
            try (SafetensorsWriter writer = new SafetensorsWriter(target.resolve(file), names)) {
                for (Expected expected : shards.get(i)) {
                    progress.report("Writing the weights", done, total);
                    StoredTensor tensor = model.weights().tensor(expected.name());
                    writer.begin(tensor.name(), tensor.type(), tensor.shape());
                    for (long at = 0; at < tensor.elements().count(); at += StoredBytes.PART) {
                        writer.write(tensor.elements().part(at));
                    }
                    done += bytes(expected);
                }
                writer.finish();
            }
        }
        progress.report("Writing the weights", total, total);
        if (shards.size() > 1) {
            JsonFile.write(target.resolve(SINGLE + ".index.json"), index);
        }
    }

    /** As it came; a tokenizer that came within a GGUF file is written in the form that other tools read. */
    private void writeTokenizer(Optional<Vocabulary> vocabulary) throws IOException {
        Map<String, byte[]> originals = OriginalFiles.read(stored);
        for (Map.Entry<String, byte[]> original : originals.entrySet()) {
            Files.write(target.resolve(original.getKey()), original.getValue());
        }
        boolean came = originals.containsKey("tokenizer.json") || originals.containsKey("tokenizer.model");
        if (vocabulary.isPresent() && !came) {
            vocabulary.get().writeForOtherTools(target);
        }
    }
}
