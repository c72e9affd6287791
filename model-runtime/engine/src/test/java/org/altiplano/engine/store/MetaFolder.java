package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.altiplano.engine.model.weights.TorchBytes;

/**
 * A tiny checkpoint as Meta's shards, cut into any number of parts, that a test may spoil before it is written. Its heads
 * have the width 2, where both rotary layouts are the same.
 */
final class MetaFolder {

    final ObjectNode params = JsonFile.JSON.createObjectNode().put("dim", TinyCheckpoint.SHAPE.dim())
            .put("n_heads", TinyCheckpoint.SHAPE.heads()).put("n_kv_heads", TinyCheckpoint.SHAPE.kvHeads())
            .put("n_layers", TinyCheckpoint.SHAPE.layers()).put("norm_eps", 1e-5).put("vocab_size", -1);

    /** Per shard the tensors by Meta's names. */
    final List<Map<String, Part>> shards = new ArrayList<>();

    record Part(float[] numbers, long... shape) {
    }

    MetaFolder(TinyCheckpoint tiny, int degree) {
        for (int i = 0; i < degree; i++) {
            Map<String, Part> shard = new LinkedHashMap<>();
            int index = i;
            tiny.numbers.forEach((name, numbers) -> shard.put(metaName(name),
                    cut(metaName(name), numbers, tiny.shapes.get(name), index, degree)));
            shard.put("rope.freqs", new Part(new float[] {1}, 1));
            shards.add(shard);
        }
    }

    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("params.json"), params.toString());
        for (int i = 0; i < shards.size(); i++) {
            TorchBytes bytes = new TorchBytes();
            shards.get(i).forEach((name, part) -> bytes.floats(name, part.numbers, part.shape));
            Files.write(folder.resolve(String.format("consolidated.%02d.pth", i)), bytes.bytes());
        }
        return folder;
    }

    private static String metaName(String name) {
        return name.replace("model.embed_tokens", "tok_embeddings").replace("lm_head", "output").replace("model.", "")
                .replace("self_attn.q_proj", "attention.wq").replace("self_attn.k_proj", "attention.wk")
                .replace("self_attn.v_proj", "attention.wv").replace("self_attn.o_proj", "attention.wo")
                .replace("mlp.gate_proj", "feed_forward.w1").replace("mlp.down_proj", "feed_forward.w2")
                .replace("mlp.up_proj", "feed_forward.w3").replace("input_layernorm", "attention_norm")
                .replace("post_attention_layernorm", "ffn_norm");
    }

    private static Part cut(String name, float[] numbers, long[] shape, int index, int degree) {
        if (shape.length == 1) {
            return new Part(numbers, shape);
        }
        boolean columns = name.contains("wo") || name.contains("w2") || name.contains("tok_embeddings");
        int size = (int) (columns ? shape[1] : shape[0]);
        int from = size * index / degree;
        int to = size * (index + 1) / degree;
        int rows = columns ? (int) shape[0] : to - from;
        int width = columns ? to - from : (int) shape[1];
        float[] part = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(numbers, columns ? row * (int) shape[1] + from : (from + row) * width, part, row * width, width);
        }
        return new Part(part, rows, width);
    }
}
