package org.altiplano.engine.model;

/**
 * Owns a model's weights and its KV arena on the device. Used by one thread, the engine's, from creation to close.
 */
public interface ModelRunner extends AutoCloseable {

    /** KV memory, in blocks of {@link org.altiplano.engine.kvcache.KvPool#BLOCK} tokens. */
    int arenaBlocks();

    /** Name of the kernels in use, such as {@code avx512-vnni-bf16}. */
    String computeProfile();

    /**
     * Runs one step: writes the KV entries of the given tokens and answers in the order of the rows. Blocks before the one of a
     * row's position may belong to other sequences too and are only read.
     */
    StepOutput run(StepInput input);

    @Override
    void close();
}
