package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredTensor;

/** A checkpoint in Hugging Face's layout, small and seeded, that a test may spoil before it is written. */
public final class TinyCheckpoint {

    static final ModelShape SHAPE = new ModelShape(2, 8, 4, 2, 2, 6, 11, 32, false);

    final ObjectNode config = JsonFile.JSON.createObjectNode().put("model_type", "llama").put("hidden_size", SHAPE.dim())
            .put("num_attention_heads", SHAPE.heads()).put("num_key_value_heads", SHAPE.kvHeads())
            .put("num_hidden_layers", SHAPE.layers()).put("intermediate_size", SHAPE.ffn())
            .put("vocab_size", SHAPE.vocabulary()).put("max_position_embeddings", SHAPE.context()).put("eos_token_id", 2);
    final Map<String, float[]> numbers = new LinkedHashMap<>();
    final Map<String, long[]> shapes = new LinkedHashMap<>();

    public TinyCheckpoint() {
        Random random = new Random(5);
        for (LlamaTensors.Expected expected : LlamaTensors.of(SHAPE)) {
            float[] values = new float[(int) expected.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            put(expected.name(), values, expected.shape());
        }
    }

    void put(String name, float[] values, long... shape) {
        numbers.put(name, values);
        shapes.put(name, shape);
    }

    void remove(String name) {
        numbers.remove(name);
        shapes.remove(name);
    }

    /** One file of F32. */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toString());
        writeTensors(folder.resolve("model.safetensors"), new ArrayList<>(numbers.keySet()));
        return folder;
    }

    /** Shards of five tensors with their index. */
    Path writeSharded(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toString());
        ObjectNode index = JsonFile.JSON.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        List<String> names = new ArrayList<>(numbers.keySet());
        for (int i = 0; i < names.size(); i += 5) {
            List<String> shard = names.subList(i, Math.min(names.size(), i + 5));
            String file = "model-" + i + ".safetensors";
            writeTensors(folder.resolve(file), shard);
            shard.forEach(name -> map.put(name, file));
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
        return folder;
    }

    private void writeTensors(Path file, List<String> names) throws IOException {
        try (SafetensorsWriter writer = new SafetensorsWriter(file, names)) {
            for (String name : names) {
                writer.begin(name, StoredTensor.Type.F32, shapes.get(name));
                ByteBuffer bytes = ByteBuffer.allocate(numbers.get(name).length * 4).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(numbers.get(name));
                writer.write(bytes);
            }
            writer.finish();
        }
    }
}
