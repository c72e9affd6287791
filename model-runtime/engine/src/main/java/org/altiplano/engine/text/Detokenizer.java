package org.altiplano.engine.text;

/**
 * Owns the text of one generation while its tokens arrive: what it returns are whole characters, and all of it together
 * is the text of all the tokens. Used by one thread at a time.
 */
public final class Detokenizer {

    /**
     * @param continues whether the text goes on after other text (a completion) rather than starting afresh (a chat
     *        answer): only the latter drops the space that SentencePiece puts in front of a text
     */
    public Detokenizer(Tokenizer tokenizer, boolean continues) {
        throw new UnsupportedOperationException();
    }

    /** Takes the next token; returns the text that is complete by now, often none. */
    public String append(int id) {
        throw new UnsupportedOperationException();
    }

    /** Ends the text; returns U+FFFD for a character left incomplete, else nothing. */
    public String flush() {
        throw new UnsupportedOperationException();
    }
}
