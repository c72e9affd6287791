package org.altiplano.engine.text;

import java.util.OptionalInt;
import org.altiplano.contract.TokenBytes;

/** Turns ordinary text into tokens and tokens into bytes. Immutable; safe to share between threads. */
public interface Tokenizer {

    /** Number of tokens. */
    int size();

    /** The tokens of ordinary text: no control token, whatever the text holds, and no BOS or EOS. */
    int[] encode(String text);

    /** The beginning-of-sequence token that the model expects in front of a text; empty if it expects none. */
    OptionalInt bos();

    /** The id of a control token by its text, such as {@code <|im_start|>} or {@code </s>}. */
    OptionalInt control(String text);

    /** Whether the token is a control token, which never shows in text. */
    boolean isControl(int id);

    /** The bytes that a token adds in the middle of a text; empty for control tokens. */
    TokenBytes bytes(int id);

    /** The bytes that a token adds at the very beginning of a text: without a leading space that encoding added. */
    default TokenBytes leadingBytes(int id) {
        return bytes(id);
    }

    /** The text of whole tokens, as at the beginning of a text (a leading space that encoding added is removed). */
    String decode(int[] ids);
}
