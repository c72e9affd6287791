package org.altiplano.contract;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How the next token is drawn from the logits. Order of application: penalties and bias on the logits, temperature,
 * top-k, top-p, min-p, draw.
 *
 * @param temperature 0 (greedy) to 2
 * @param topP nucleus mass, in (0, 1]; 1 keeps all (Holtzman et al. 2020)
 * @param topK number of most likely tokens kept; 0 keeps all
 * @param minP tokens below this share of the most likely token's probability are dropped, in [0, 1]
 * @param frequencyPenalty subtracted per earlier occurrence in the output, in [-2, 2]
 * @param presencePenalty subtracted once for tokens that occurred in the output, in [-2, 2]
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens in prompt or output, in (0, 2]; 1 is off
 * @param logitBias added to the logits of these token ids, each in [-100, 100]
 * @param seed makes the draw repeatable; absent: a fresh one
 */
public record SamplingParams(double temperature, double topP, int topK, double minP, double frequencyPenalty,
                             double presencePenalty, double repetitionPenalty, Map<Integer, Float> logitBias,
                             OptionalLong seed) {

    /** The most likely token each time, nothing else applied. */
    public static final SamplingParams GREEDY =
            new SamplingParams(0, 1, 0, 0, 0, 0, 1, Map.of(), OptionalLong.empty());

    public SamplingParams {
        within("temperature", temperature, 0, 2);
        within("top_p", topP, Double.MIN_VALUE, 1);
        within("top_k", topK, 0, Integer.MAX_VALUE);
        within("min_p", minP, 0, 1);
        within("frequency_penalty", frequencyPenalty, -2, 2);
        within("presence_penalty", presencePenalty, -2, 2);
        within("repetition_penalty", repetitionPenalty, Double.MIN_VALUE, 2);
        logitBias.values().forEach(bias -> within("logit_bias", bias, -100, 100));
        logitBias = Map.copyOf(logitBias);
    }

    private static void within(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " is out of range: " + value);
        }
    }
}
