package org.altiplano.engine.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Owns the text of one generation while its tokens arrive: what it returns are whole characters, and all of it together
 * is the text of all the tokens. Used by one thread at a time.
 */
public final class Detokenizer {

    private final Tokenizer tokenizer;
    private boolean atBeginning;
    /** The bytes of a character that is not complete yet: at most three. */
    private byte[] pending = new byte[0];

    /**
     * @param continues whether the text goes on after other text (a completion) rather than starting afresh (a chat
     *        answer): only the latter drops the space that SentencePiece puts in front of a text
     */
    public Detokenizer(Tokenizer tokenizer, boolean continues) {
        this.tokenizer = tokenizer;
        this.atBeginning = !continues;
    }

    /** Takes the next token; returns the text that is complete by now, often none. */
    public String append(int id) {
        if (id >= tokenizer.size()) {
            // Some embeddings are padded with rows that no vocabulary names; such a token has no text.
            return "";
        }
        byte[] added = (atBeginning ? tokenizer.leadingBytes(id) : tokenizer.bytes(id)).value();
        if (tokenizer.bytes(id).value().length > 0) {
            atBeginning = false;
        }
        byte[] bytes = new byte[pending.length + added.length];
        System.arraycopy(pending, 0, bytes, 0, pending.length);
        System.arraycopy(added, 0, bytes, pending.length, added.length);
        int complete = bytes.length - incompleteLength(bytes);
        pending = Arrays.copyOfRange(bytes, complete, bytes.length);
        return new String(bytes, 0, complete, StandardCharsets.UTF_8);
    }

    /** Whether the last token ended inside a character: part of its text comes with a later one. */
    public boolean endsInsideCharacter() {
        return pending.length > 0;
    }

    /** Ends the text; returns U+FFFD for a character left incomplete, else nothing. */
    public String flush() {
        String rest = new String(pending, StandardCharsets.UTF_8);
        pending = new byte[0];
        return rest;
    }

    /**
     * How many bytes at the end are a proper beginning of a character (Unicode 15, table 3-7) that wants more bytes. An
     * encoded surrogate, ED A0..BF, counts as one: Java takes all three of its bytes for one faulty character.
     */
    private static int incompleteLength(byte[] bytes) {
        for (int length = 1; length <= Math.min(3, bytes.length); length++) {
            int lead = bytes[bytes.length - length] & 0xFF;
            if ((lead & 0xC0) == 0x80) {
                continue;
            }
            int wanted = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3
                    : lead >= 0xF0 && lead <= 0xF4 ? 4 : 1;
            boolean proper = length == 1 || secondFits(lead, bytes[bytes.length - length + 1] & 0xFF);
            return wanted > length && proper ? length : 0;
        }
        return 0;
    }

    private static boolean secondFits(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second <= 0x8F;
            default -> true;
        };
    }
}
