package org.altiplano.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.StoredModel;
import org.altiplano.engine.text.Tokenizer;

/** A model of no store: any shape, any weights, no tokenizer. */
record RandomModel(ModelShape shape, Dtype dtype, Weights weights) implements StoredModel {

    @Override
    public ModelManifest manifest() {
        return new ModelManifest("random", new ModelConfig(shape, 1e-5, 10_000, 1), dtype, "none", Set.of(), false, List.of(),
                Instant.EPOCH);
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
        return Optional.empty();
    }

    @Override
    public void close() {
        weights.close();
    }
}
