package org.altiplano.engine.text;

import java.util.List;

/**
 * Owns the search for stop strings in the text of one generation: holds back what may be the beginning of one. Used by
 * one thread at a time.
 */
public final class StopStrings {

    /** @throws IllegalArgumentException for an empty stop string */
    public StopStrings(List<String> stops) {
        throw new UnsupportedOperationException();
    }

    /** Takes more text, in whole characters; returns the text that can be released by now. Nothing after a match. */
    public String append(String text) {
        throw new UnsupportedOperationException();
    }

    /** Whether a stop string was found. Text from it on is never released. */
    public boolean matched() {
        throw new UnsupportedOperationException();
    }

    /** Ends the text; returns what was held back, unless a stop string was found. */
    public String flush() {
        throw new UnsupportedOperationException();
    }
}
