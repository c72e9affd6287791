package org.altiplano.engine.text;

import java.util.List;

/**
 * Owns the search for stop strings in the text of one generation: holds back what may be the beginning of one. Used by
 * one thread at a time. The match that is complete first wins, of several that end together the longest; text from its
 * beginning on is never released.
 */
public final class StopStrings {

    private final List<Search> searches;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    /** @throws IllegalArgumentException for an empty stop string */
    public StopStrings(List<String> stops) {
        searches = stops.stream().map(Search::new).toList();
    }

    /** Takes more text, in whole characters; returns the text that can be released by now. Nothing after a match. */
    public String append(String text) {
        for (int i = 0; i < text.length() && !matched; ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            held.appendCodePoint(codePoint);
            int longest = 0;
            for (Search search : searches) {
                if (search.completes(codePoint)) {
                    matched = true;
                    longest = Math.max(longest, search.stop.length);
                }
            }
            if (matched) {
                held.setLength(held.offsetByCodePoints(held.length(), -longest));
            }
        }
        return release(matched ? 0 : searches.stream().mapToInt(search -> search.found).max().orElse(0));
    }

    /** Whether a stop string was found. */
    public boolean matched() {
        return matched;
    }

    /** Ends the text; returns what was held back, unless a stop string was found. */
    public String flush() {
        return release(0);
    }

    private String release(int keptCodePoints) {
        int end = held.offsetByCodePoints(held.length(), -keptCodePoints);
        String released = held.substring(0, end);
        held.delete(0, end);
        return released;
    }

    /**
     * Owns the search for one stop string: how much of its beginning the text so far ends with. Knuth, Morris and Pratt's
     * (SIAM J. Computing 6(2), 1977) over code points, so that half a surrogate pair never matches.
     */
    private static final class Search {
        private final int[] stop;
        /** Per length of a beginning of the stop string, the length of its longest own end that is a shorter beginning. */
        private final int[] borders;
        private int found;

        Search(String text) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("A stop string is empty.");
            }
            stop = text.codePoints().toArray();
            borders = new int[stop.length + 1];
            for (int length = 2; length <= stop.length; length++) {
                borders[length] = extend(borders[length - 1], stop[length - 1]);
            }
        }

        boolean completes(int codePoint) {
            found = extend(found, codePoint);
            return found == stop.length;
        }

        private int extend(int length, int codePoint) {
            int shorter = length;
            while (shorter > 0 && stop[shorter] != codePoint) {
                shorter = borders[shorter];
            }
            return stop[shorter] == codePoint ? shorter + 1 : 0;
        }
    }
}
