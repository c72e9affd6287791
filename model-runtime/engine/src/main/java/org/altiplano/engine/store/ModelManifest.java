package org.altiplano.engine.store;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;

/**
 * What the store knows of a model without opening its weights; kept as {@code model.json} beside them.
 *
 * @param name unique in the store
 * @param config dimensions and constants
 * @param dtype how its linear layers are to be computed
 * @param chatTemplate {@code llama2}, {@code chatml} or {@code none}
 * @param eosIds tokens that end a generation
 * @param tokenizer whether a tokenizer came with it; without one it answers token-id prompts only
 * @param files the weight files, the vocabulary, and the tokenizer files as they came
 * @param importedAt when
 */
public record ModelManifest(String name, ModelConfig config, Dtype dtype, String chatTemplate, Set<Integer> eosIds,
                            boolean tokenizer, List<StoredFile> files, Instant importedAt) {

    public ModelManifest {
        eosIds = Set.copyOf(eosIds);
        files = List.copyOf(files);
    }

    /** @param sha256 in hexadecimal */
    public record StoredFile(String name, long bytes, String sha256) {

        /** Whether it is a shard of the weights; the others are texts. */
        boolean isWeights() {
            return name.matches("weights-\\d{5}\\.safetensors");
        }
    }
}
