package org.altiplano.contract;

import java.util.List;

/**
 * The prompt, given back.
 *
 * @param tokens the prompt's tokens; the first has no log-probability, since nothing precedes it
 * @param text their text
 */
public record PromptEcho(List<Token> tokens, String text) {

    public PromptEcho {
        tokens = List.copyOf(tokens);
    }
}
