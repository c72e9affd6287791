package org.altiplano.contract;

import java.util.concurrent.CompletionStage;

/** Turns text into tokens and back as a served model does. */
public interface TokenizationBackend {

    /** @return the tokens; fails with {@link FailureException} */
    CompletionStage<Tokenization> tokenize(String model, Prompt prompt);

    /** @return the text of the tokens; fails with {@link FailureException} */
    CompletionStage<String> detokenize(String model, int[] tokens);

    /** @param maxModelLen longest prompt and answer together, in tokens */
    record Tokenization(int[] tokens, int maxModelLen) {
    }
}
