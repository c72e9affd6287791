package org.altiplano.engine.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.Message;

/**
 * Lays a conversation out as tokens so that the model answers next. Built at token level: message content is encoded as
 * ordinary text and can never become a control token. Immutable.
 */
public interface ChatTemplate {

    /** {@code llama2} or {@code chatml}; empty for any other name. */
    static Optional<ChatTemplate> named(String name) {
        return switch (name) {
            case "llama2" -> Optional.of(new Llama2Template());
            case "chatml" -> Optional.of(new ChatmlTemplate());
            default -> Optional.empty();
        };
    }

    /**
     * The tokens of the prompt, BOS included where the template has one.
     *
     * @throws org.altiplano.contract.FailureException INVALID_PROMPT for roles out of order, SPECIAL_TOKENS_IN_PROMPT for
     *         the template's own tags in content where these are text (llama2), CHAT_NOT_SUPPORTED where the vocabulary
     *         lacks the template's control tokens
     */
    int[] encode(Tokenizer tokenizer, List<Message> messages);

    /** The tokens that end an answer; empty where the vocabulary lacks them. */
    Set<Integer> endTokens(Tokenizer tokenizer);
}
