package org.altiplano.contract;

import java.util.Objects;

/**
 * One generation, ready to run.
 *
 * @param id unique, chosen by the caller; names the generation in logs
 * @param model name of a served model
 * @param prompt what to continue
 * @param sampling how tokens are drawn
 * @param stop when to end
 * @param output what to report besides text and token ids
 * @param salt separates prefix-cache entries that must not be shared
 * @param share whose share of the engine this uses
 */
public record GenerationRequest(String id, String model, Prompt prompt, SamplingParams sampling, StopConditions stop,
                                OutputOptions output, CacheSalt salt, FairShare share) {

    public GenerationRequest {
        Objects.requireNonNull(id);
        Objects.requireNonNull(model);
        Objects.requireNonNull(prompt);
        Objects.requireNonNull(sampling);
        Objects.requireNonNull(stop);
        Objects.requireNonNull(output);
        Objects.requireNonNull(salt);
        Objects.requireNonNull(share);
    }
}
