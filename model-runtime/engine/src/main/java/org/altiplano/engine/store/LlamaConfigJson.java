package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.StoredTensor;

/**
 * Reads and writes the {@code config.json} of a Llama checkpoint in its variants: Llama 2's own has no num_key_value_heads and no
 * rope_theta; newer files keep both in other places. What is left out has transformers' default (LlamaConfig).
 */
final class LlamaConfigJson {

    private LlamaConfigJson() {
    }

    /** Refuses by name whatever the model program does not compute. */
    static ModelConfig parse(JsonFile config) throws IOException {
        refuseOtherModels(config);
        int dim = config.requiredSize("hidden_size");
        int heads = config.requiredSize("num_attention_heads");
        int kvHeads = config.size("num_key_value_heads").orElse(heads);
        if (heads % kvHeads != 0) {
            throw config.wrong("num_key_value_heads", "a divisor of the " + heads + " heads");
        }
        Optional<Integer> headDim = config.size("head_dim");
        if (headDim.isEmpty() && dim % heads != 0) {
            throw config.wrong("hidden_size", "a multiple of the " + heads + " heads");
        }
        if (headDim.orElse(dim / heads) % 2 != 0) {
            throw new IOException(config.file() + ": heads of width " + headDim.orElse(dim / heads)
                    + " cannot be rotated; the width must be even.");
        }
        ModelShape shape = new ModelShape(config.requiredSize("num_hidden_layers"), dim, heads, kvHeads,
                headDim.orElse(dim / heads), config.requiredSize("intermediate_size"), config.requiredSize("vocab_size"),
                config.size("max_position_embeddings").orElse(2048), config.flag("tie_word_embeddings"));
        return new ModelConfig(shape, config.positive("rms_norm_eps").orElse(1e-6), theta(config), scale(config));
    }

    /**
     * The configuration as transformers reads it.
     *
     * @param type of the linear weights
     * @param bos the beginning of a sequence, where the model has a tokenizer that knows one
     */
    static ObjectNode write(ModelManifest manifest, StoredTensor.Type type, Optional<OptionalInt> bos) {
        ModelConfig config = manifest.config();
        ModelShape shape = config.shape();
        ObjectNode json = JsonFile.JSON.createObjectNode();
        json.putArray("architectures").add("LlamaForCausalLM");
        json.put("model_type", "llama").put("hidden_act", "silu").put("hidden_size", shape.dim())
                .put("intermediate_size", shape.ffn()).put("num_hidden_layers", shape.layers())
                .put("num_attention_heads", shape.heads()).put("num_key_value_heads", shape.kvHeads())
                .put("head_dim", shape.headDim()).put("vocab_size", shape.vocabulary())
                .put("max_position_embeddings", shape.context()).put("rms_norm_eps", config.normEps())
                .put("rope_theta", config.ropeTheta()).put("attention_bias", false).put("mlp_bias", false)
                .put("tie_word_embeddings", shape.tiedEmbeddings());
        if (config.ropeScale() == 1) {
            json.putNull("rope_scaling");
        } else {
            json.putObject("rope_scaling").put("rope_type", "linear").put("type", "linear").put("factor", config.ropeScale());
        }
        json.put("torch_dtype", switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
        });
        bos.orElse(OptionalInt.empty()).ifPresent(id -> json.put("bos_token_id", id));
        if (manifest.eosIds().size() == 1) {
            manifest.eosIds().forEach(id -> json.put("eos_token_id", id));
        } else {
            new TreeSet<>(manifest.eosIds()).forEach(json.putArray("eos_token_id")::add);
        }
        return json;
    }

    private static void refuseOtherModels(JsonFile config) throws IOException {
        for (JsonNode architecture : config.value("architectures").orElse(JsonFile.JSON.createArrayNode())) {
            if (!architecture.asText().equals("LlamaForCausalLM")) {
                throw new IOException(config.file() + ": the architecture " + architecture.asText()
                        + " is not supported; LlamaForCausalLM is.");
            }
        }
        String type = config.text("model_type").orElse("llama");
        if (!type.equals("llama")) {
            throw new IOException(config.file() + ": the model_type " + type + " is not supported; llama is.");
        }
        String activation = config.text("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw new IOException(config.file() + ": the hidden_act " + activation + " is not supported; silu is.");
        }
        for (String flag : new String[] {"attention_bias", "mlp_bias", "rope_interleaved"}) {
            if (config.flag(flag)) {
                throw new IOException(config.file() + ": " + flag + " is not supported.");
            }
        }
        Optional<JsonFile> quantization = config.object("quantization_config");
        if (quantization.isPresent()) {
            throw new IOException(config.file() + ": weights quantised by "
                    + quantization.get().text("quant_method").orElse("an unnamed method")
                    + " are not supported; import the original weights or a GGUF file.");
        }
    }

    private static double theta(JsonFile config) throws IOException {
        Optional<JsonFile> parameters = config.object("rope_parameters");
        Optional<Double> nested = parameters.isPresent() ? parameters.get().positive("rope_theta") : Optional.empty();
        return nested.isPresent() ? nested.get() : config.positive("rope_theta").orElse(10_000.0);
    }

    /** The factor of linear scaling; {@code rope_parameters} is the newer name of {@code rope_scaling}. */
    private static double scale(JsonFile config) throws IOException {
        double scale = 1;
        for (String field : new String[] {"rope_scaling", "rope_parameters"}) {
            Optional<JsonFile> rope = config.object(field);
            if (rope.isPresent()) {
                Optional<String> type = rope.get().text("rope_type");
                scale = Math.max(scale, scale(rope.get(), type.isPresent() ? type : rope.get().text("type")));
            }
        }
        return scale;
    }

    private static double scale(JsonFile rope, Optional<String> type) throws IOException {
        if (rope.positive("partial_rotary_factor").orElse(1.0) != 1.0) {
            throw new IOException(rope.file() + ": partial_rotary_factor is not supported.");
        }
        return switch (type.orElse("default")) {
            case "default" -> 1;
            case "linear" -> {
                double factor = rope.positive("factor").orElseThrow(() -> rope.missing("factor"));
                if (factor < 1) {
                    throw rope.wrong("factor", "a number of at least 1");
                }
                yield factor;
            }
            default -> throw new IOException(rope.file() + ": the rope type " + type.get()
                    + " is not supported; default and linear are.");
        };
    }
}
