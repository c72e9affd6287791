package org.altiplano.contract;

import java.util.List;

/**
 * New tokens of a generation. Each generated token, the one that ended it included, is reported exactly once; the
 * chunks' texts add up to the exact answer, never with half a character or part of a stop string.
 *
 * @param tokens the tokens whose text is released by now
 * @param text the text that they release, without control tokens
 */
public record TokenChunk(List<Token> tokens, String text) {

    public TokenChunk {
        tokens = List.copyOf(tokens);
    }
}
