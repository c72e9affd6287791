package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.ModelConfig;

/**
 * Reads the {@code config.json} of a Llama checkpoint in its variants: Llama 2's own has no num_key_value_heads and no
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
