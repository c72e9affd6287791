package org.altiplano.engine.model.weights;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a stored model, in Hugging Face's names and rotary layout (half-split pairs):
 * {@code model.embed_tokens.weight} [vocabulary, dim], {@code model.layers.N.self_attn.{q,k,v,o}_proj.weight},
 * {@code model.layers.N.mlp.{gate,up,down}_proj.weight}, {@code model.layers.N.{input,post_attention}_layernorm.weight},
 * {@code model.norm.weight} and, unless tied, {@code lm_head.weight}. Linear weights are [out, in].
 */
public interface Weights extends AutoCloseable {

    Set<String> names();

    /** The tensor of that name; throws {@link java.util.NoSuchElementException} where there is none. */
    StoredTensor tensor(String name);

    /**
     * Where the matrices may be kept as kernels read them: a file that is missing at first and goes with the weights. Empty
     * where nothing can be kept.
     *
     * @param form names what the kernels read
     */
    default Optional<Path> packedFile(String form) {
        return Optional.empty();
    }

    /** The layer whose matrices this layer has too: itself, unless layers share theirs. Shared ones are packed once. */
    default int matricesOf(int layer) {
        return layer;
    }

    /** Ends access: nothing can be read afterwards. */
    @Override
    void close();
}
