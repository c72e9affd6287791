package org.altiplano.engine.text;

import java.util.OptionalInt;
import java.util.Set;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;

/** The control tokens of a vocabulary, as chat templates ask for them. */
record ControlTokens(Tokenizer tokenizer) {

    /** The id of a token that a template cannot do without; fails with CHAT_NOT_SUPPORTED where there is none. */
    int required(String text) {
        return tokenizer.control(text).orElseThrow(() -> new FailureException(Failure.Code.CHAT_NOT_SUPPORTED,
                "This model cannot chat: its vocabulary lacks the control token " + text + " of its chat template."));
    }

    /** The token alone; empty where there is none. */
    Set<Integer> setOf(String text) {
        OptionalInt id = tokenizer.control(text);
        return id.isPresent() ? Set.of(id.getAsInt()) : Set.of();
    }
}
