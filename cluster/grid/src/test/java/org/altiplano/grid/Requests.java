package org.altiplano.grid;

import java.util.UUID;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;

/** Requests as tests need them. */
final class Requests {

    private Requests() {
    }

    static GenerationRequest text(String model, String prompt) {
        return request(model, new Prompt.Text(prompt, true), OutputOptions.NONE);
    }

    static GenerationRequest request(String model, Prompt prompt, OutputOptions output) {
        return new GenerationRequest(UUID.randomUUID().toString(), model, prompt, SamplingParams.GREEDY,
                StopConditions.NONE, output, CacheSalt.PUBLIC, FairShare.SINGLE);
    }
}
