package org.altiplano.platform.completions.entity;

import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;

/**
 * What both kinds of completions ask for. Valid: whoever holds it need not check it again.
 *
 * @param model name of the model
 * @param sampling how tokens are drawn; with {@code n} above 1 the seed is that of the first choice
 * @param stop when to end
 * @param choices answers per prompt, 1 to 8
 * @param stream whether the answer is sent as it grows
 * @param includeUsage whether a stream ends with the usage
 * @param returnTokenIds whether the token ids of prompt and answer are told
 */
public record CommonOptions(String model, SamplingParams sampling, StopConditions stop, int choices, boolean stream,
                            boolean includeUsage, boolean returnTokenIds) {
}
