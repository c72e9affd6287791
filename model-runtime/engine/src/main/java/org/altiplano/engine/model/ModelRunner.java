package org.altiplano.engine.model;

import java.util.List;
import org.altiplano.engine.kvcache.KvMove;

/**
 * Owns a model's weights and its KV arena on the device. Used by one thread, the engine's, from creation to close.
 */
public interface ModelRunner extends AutoCloseable {

    /** KV memory, in tokens. */
    int arenaTokens();

    /** Name of the kernels in use, such as {@code avx512-vnni-bf16}. */
    String computeProfile();

    /** Copies KV entries between regions; done before the next {@link #run}. */
    void move(List<KvMove> moves);

    /** Runs one step: writes the KV entries of the given tokens and answers in the order of the rows. */
    StepOutput run(StepInput input);

    @Override
    void close();
}
