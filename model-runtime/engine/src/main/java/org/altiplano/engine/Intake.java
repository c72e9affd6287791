package org.altiplano.engine;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.StopConditions;

/** Parses requests for one model: what it lets through fits the model. Any thread. */
final class Intake {

    private final String model;
    private final int vocabulary;
    private final int maxModelLen;
    private final Set<Integer> eosIds;
    private final ModelText text;

    /** @param maxModelLen most tokens of prompt and answer together */
    Intake(String model, int vocabulary, int maxModelLen, Set<Integer> eosIds, ModelText text) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.maxModelLen = maxModelLen;
        this.eosIds = eosIds;
        this.text = text;
    }

    /**
     * A request, understood.
     *
     * @param prompt its tokens
     * @param maxTokens most tokens to generate; prompt and answer fit the context
     * @param endIds tokens that end the answer
     */
    record Work(GenerationRequest request, int[] prompt, int maxTokens, Set<Integer> endIds) {
    }

    /** @throws FailureException of kind CALLER */
    Work parse(GenerationRequest request) {
        StopConditions stop = request.stop();
        requireKnown("logit_bias", request.sampling().logitBias().keySet());
        requireKnown("stop_token_ids", stop.tokenIds());
        if (!stop.strings().isEmpty() && text.tokenizer().isEmpty()) {
            throw new FailureException(Failure.Code.TEXT_NOT_SUPPORTED, "The model " + model
                    + " was imported without a tokenizer and cannot look for stop strings; use stop_token_ids.");
        }
        int[] prompt = text.encode(request.prompt());
        Set<Integer> endIds = new HashSet<>(stop.tokenIds());
        if (!stop.ignoreEos()) {
            endIds.addAll(eosIds);
        }
        return new Work(request, prompt, maxTokens(request, prompt.length), Set.copyOf(endIds));
    }

    private int maxTokens(GenerationRequest request, int promptTokens) {
        int room = maxModelLen - promptTokens;
        int maxTokens = request.stop().maxTokens().orElse(Math.max(1, Math.max(room, request.stop().minTokens())));
        if (maxTokens <= room) {
            return maxTokens;
        }
        String what = request.prompt() instanceof Prompt.Chat ? "messages" : "prompt";
        throw new FailureException(Failure.Code.CONTEXT_LENGTH_EXCEEDED, "This model's maximum context length is "
                + maxModelLen + " tokens. However, you requested " + ((long) promptTokens + maxTokens) + " tokens ("
                + promptTokens + " in the " + what + ", " + maxTokens + " in the completion). Please reduce the length of the "
                + what + " or completion.");
    }

    private void requireKnown(String parameter, Collection<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new FailureException(Failure.Code.INVALID_PARAMETER, parameter + " names the token id " + id
                        + ", but the vocabulary of " + model + " has " + vocabulary + " tokens.");
            }
        }
    }
}
