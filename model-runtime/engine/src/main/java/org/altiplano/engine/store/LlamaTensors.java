package org.altiplano.engine.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.altiplano.contract.ModelShape;

/** The tensors that a Llama model consists of, in the order in which a forward pass meets them. */
final class LlamaTensors {

    private LlamaTensors() {
    }

    /**
     * One of them.
     *
     * @param name in Hugging Face's naming
     * @param shape dimensions, outermost first; one dimension for the norms
     */
    record Expected(String name, long... shape) {

        boolean hasShape(long[] other) {
            return Arrays.equals(shape, other);
        }

        boolean isNorm() {
            return shape.length == 1;
        }

        long elements() {
            return shape.length == 1 ? shape[0] : Math.multiplyExact(shape[0], shape[1]);
        }
    }

    static List<Expected> of(ModelShape shape) {
        long dim = shape.dim();
        long queries = (long) shape.heads() * shape.headDim();
        long keys = (long) shape.kvHeads() * shape.headDim();
        List<Expected> tensors = new ArrayList<>();
        tensors.add(new Expected("model.embed_tokens.weight", shape.vocabulary(), dim));
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "model.layers." + layer + ".";
            tensors.add(new Expected(block + "input_layernorm.weight", dim));
            tensors.add(new Expected(block + "self_attn.q_proj.weight", queries, dim));
            tensors.add(new Expected(block + "self_attn.k_proj.weight", keys, dim));
            tensors.add(new Expected(block + "self_attn.v_proj.weight", keys, dim));
            tensors.add(new Expected(block + "self_attn.o_proj.weight", dim, queries));
            tensors.add(new Expected(block + "post_attention_layernorm.weight", dim));
            tensors.add(new Expected(block + "mlp.gate_proj.weight", shape.ffn(), dim));
            tensors.add(new Expected(block + "mlp.up_proj.weight", shape.ffn(), dim));
            tensors.add(new Expected(block + "mlp.down_proj.weight", dim, shape.ffn()));
        }
        tensors.add(new Expected("model.norm.weight", dim));
        if (!shape.tiedEmbeddings()) {
            tensors.add(new Expected("lm_head.weight", shape.vocabulary(), dim));
        }
        return tensors;
    }
}
