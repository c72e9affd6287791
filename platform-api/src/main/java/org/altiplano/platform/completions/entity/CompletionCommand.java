package org.altiplano.platform.completions.entity;

import java.util.List;
import java.util.OptionalInt;
import org.altiplano.contract.Prompt;

/**
 * A valid request for text completions.
 *
 * @param options what both kinds of completions ask for
 * @param prompts at least one; each is answered {@code options.choices()} times
 * @param logprobs how many alternatives are told per token, 0 to 20; absent: no log-probabilities
 * @param echo whether the prompt is told before the answer
 * @param promptOnly whether the answer is left out ({@code max_tokens} was 0); only with {@code echo}
 */
public record CompletionCommand(CommonOptions options, List<Prompt> prompts, OptionalInt logprobs, boolean echo,
                                boolean promptOnly) {

    public CompletionCommand {
        prompts = List.copyOf(prompts);
    }
}
