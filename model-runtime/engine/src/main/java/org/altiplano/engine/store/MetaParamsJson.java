package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.ModelConfig;

/**
 * Reads the {@code params.json} of Meta's checkpoints: the arguments of {@code ModelArgs} in Meta's model.py. What it leaves
 * open, the width of the feed-forward layer and the vocabulary, is taken from the weights.
 */
final class MetaParamsJson {

    /** Llama 2 was trained on sequences of 4,096 tokens (arXiv 2307.09288, Table 1); the file does not say so. */
    private static final int CONTEXT = 4_096;

    /** Code Llama, known by its larger rotary base, on 16,384 (arXiv 2308.12950). */
    private static final int LONG_CONTEXT = 16_384;

    private static final double THETA = 10_000;

    private MetaParamsJson() {
    }

    /** The rows of a matrix, which may be cut, by Hugging Face's name. */
    @FunctionalInterface
    interface Rows {

        int of(String name) throws IOException;
    }

    /** @param head whether there is an output matrix of its own */
    static ModelConfig parse(JsonFile params, Rows rows, boolean head) throws IOException {
        if (params.flag("use_scaled_rope")) {
            throw new IOException(params.file() + ": use_scaled_rope, the rotary scaling of Llama 3.1, is not supported.");
        }
        if (params.value("moe").isPresent() || params.value("moe_args").isPresent()) {
            throw new IOException(params.file() + ": mixtures of experts are not supported.");
        }
        int dim = params.requiredSize("dim");
        int heads = params.requiredSize("n_heads");
        int kvHeads = params.size("n_kv_heads").orElse(heads);
        if (dim % heads != 0 || dim / heads % 2 != 0) {
            throw params.wrong("dim", "an even multiple of the " + heads + " heads");
        }
        if (heads % kvHeads != 0) {
            throw params.wrong("n_kv_heads", "a divisor of the " + heads + " heads");
        }
        double theta = params.positive("rope_theta").orElse(THETA);
        int context = params.size("max_seq_len").orElse(theta > THETA ? LONG_CONTEXT : CONTEXT);
        ModelShape shape = new ModelShape(params.requiredSize("n_layers"), dim, heads, kvHeads, dim / heads,
                feedForward(params, dim, rows.of("model.layers.0.mlp.gate_proj.weight")),
                vocabulary(params, rows.of("model.embed_tokens.weight")), context, !head);
        return new ModelConfig(shape, params.positive("norm_eps").orElse(1e-5), theta, 1);
    }

    /** FeedForward of model.py: two thirds of four times the width, times the multiplier, up to a multiple of multiple_of. */
    private static int feedForward(JsonFile params, int dim, int rows) throws IOException {
        Optional<Integer> multiple = params.size("multiple_of");
        Optional<Double> multiplier = params.positive("ffn_dim_multiplier");
        if (multiple.isEmpty() && multiplier.isEmpty()) {
            return rows;
        }
        long hidden = (long) (multiplier.orElse(1.0) * (2L * 4 * dim / 3));
        long step = multiple.orElse(256);
        long expected = (hidden + step - 1) / step * step;
        if (expected != rows) {
            throw new IOException(params.file() + ": dim, multiple_of and ffn_dim_multiplier make a feed-forward layer of width "
                    + expected + ", but the weights have one of " + rows + ".");
        }
        return rows;
    }

    /** Meta's own files say -1. */
    private static int vocabulary(JsonFile params, int rows) throws IOException {
        JsonNode said = params.value("vocab_size").orElse(JsonFile.JSON.getNodeFactory().numberNode(-1));
        if (!said.isIntegralNumber() || said.longValue() != -1 && said.longValue() != rows) {
            throw new IOException(params.file() + ": vocab_size is " + said + ", but the embedding has " + rows + " rows.");
        }
        return rows;
    }
}
