package org.altiplano.platform.completions.entity;

import java.util.OptionalInt;
import org.altiplano.contract.Prompt;

/**
 * A valid request for a chat completion.
 *
 * @param options what both kinds of completions ask for
 * @param prompt the conversation, which is not empty
 * @param logprobs how many alternatives are told per token, 0 to 20; absent: no log-probabilities
 */
public record ChatCommand(CommonOptions options, Prompt.Chat prompt, OptionalInt logprobs) {
}
