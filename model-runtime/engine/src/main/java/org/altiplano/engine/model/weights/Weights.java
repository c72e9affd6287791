package org.altiplano.engine.model.weights;

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

    /** Ends access: no tensor can be asked for afterwards. Mapped memory is given back once its last buffer is collected. */
    @Override
    void close();
}
