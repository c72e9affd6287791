package org.altiplano.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.Weights;

/** A tiny checkpoint with the logits and greedy paths that an independent implementation computed for it. */
record GoldenModel(String name, ModelConfig config, SafetensorsFolder weights, List<GoldenModel.Prompt> prompts) {

    /**
     * @param positions of the rows of logits
     * @param greedy the greedy continuation
     * @param gaps between the best and the second logit, per greedy token
     */
    record Prompt(int[] ids, int[] positions, List<float[]> logits, int[] greedy, double[] gaps) {
    }

    static GoldenModel read(String name) {
        Path folder = Path.of(System.getProperty("altiplano.golden")).resolve("tiny").resolve(name);
        SafetensorsFolder weights = new SafetensorsFolder(folder, "model.*safetensors");
        SafetensorsFolder logits = new SafetensorsFolder(folder, "golden.safetensors");
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode prompt : json(folder, "golden.json").get("prompts")) {
            List<JsonNode> greedy = new ArrayList<>();
            prompt.get("greedy").forEach(greedy::add);
            prompts.add(new Prompt(ints(prompt.get("ids")), ints(prompt.get("positions")),
                    logits.rows(prompt.get("logits").asText()), greedy.stream().mapToInt(step -> step.get("id").asInt()).toArray(),
                    greedy.stream().mapToDouble(step -> step.get("gap").asDouble()).toArray()));
        }
        return new GoldenModel(name, config(json(folder, "config.json")), weights, prompts);
    }

    private static ModelConfig config(JsonNode json) {
        int dim = json.get("hidden_size").asInt();
        int heads = json.get("num_attention_heads").asInt();
        JsonNode rope = json.path("rope_parameters");
        double theta = json.path("rope_theta").asDouble(rope.path("rope_theta").asDouble(10_000));
        double scale = json.path("rope_scaling").path("factor").asDouble(1);
        return new ModelConfig(new ModelShape(json.get("num_hidden_layers").asInt(), dim, heads,
                json.path("num_key_value_heads").asInt(heads), json.path("head_dim").asInt(dim / heads),
                json.get("intermediate_size").asInt(), json.get("vocab_size").asInt(),
                json.get("max_position_embeddings").asInt(), json.get("tie_word_embeddings").asBoolean()),
                json.get("rms_norm_eps").asDouble(), theta, scale);
    }

    TorchModelRunner load(Dtype dtype, ComputeProfile profile) {
        return load(dtype, profile, weights);
    }

    /** With room for four sequences of full length. */
    TorchModelRunner load(Dtype dtype, ComputeProfile profile, Weights weights) {
        long bytes = 4L * config.shape().context() * KvArena.bytesPerToken(config.shape(), profile.halfAttention(dtype));
        return TorchModelRunner.load(config, dtype, profile, weights, bytes, step -> { });
    }

    static int[] ints(JsonNode list) {
        int[] ints = new int[list.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = list.get(i).asInt();
        }
        return ints;
    }

    private static JsonNode json(Path folder, String file) {
        try {
            return new ObjectMapper().readTree(folder.resolve(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
