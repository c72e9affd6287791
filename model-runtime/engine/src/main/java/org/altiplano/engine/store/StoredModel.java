package org.altiplano.engine.store;

import java.util.Optional;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.text.Tokenizer;

/** A model of the store, opened: its weights can be read until it is closed. */
public interface StoredModel extends AutoCloseable {

    ModelManifest manifest();

    Optional<Tokenizer> tokenizer();

    Weights weights();

    @Override
    void close();
}
