package org.altiplano.platform.completions.control;

import org.altiplano.contract.Prompt;
import org.altiplano.platform.http.control.Fields;

/** Reads the requests of {@code /v1/tokenize} and {@code /v1/detokenize}. */
public final class TokenCommands {

    /** A valid request to tokenize. */
    public record Tokenize(String model, Prompt prompt) {
    }

    /** A valid request to detokenize. */
    public record Detokenize(String model, Prompt.Tokens tokens) {
    }

    private TokenCommands() {
    }

    public static Tokenize tokenize(Fields fields) {
        String model = OptionsParser.model(fields);
        if (fields.has("messages") == fields.has("prompt")) {
            throw Fields.problem("prompt", "Either 'prompt' or 'messages' is required, and not both.");
        }
        return new Tokenize(model, fields.has("messages") ? new Prompt.Chat(ChatParser.messages(fields))
                : new Prompt.Text(fields.text("prompt"), fields.flag("add_special_tokens", true)));
    }

    /** An empty list of tokens is the empty text. */
    public static Detokenize detokenize(Fields fields) {
        String model = OptionsParser.model(fields);
        if (!fields.has("tokens")) {
            throw Fields.problem("tokens", "'tokens' is required.");
        }
        return new Detokenize(model, fields.array("tokens").isEmpty() ? new Prompt.Tokens(new int[0])
                : CompletionParser.tokens("tokens", fields.array("tokens")));
    }
}
