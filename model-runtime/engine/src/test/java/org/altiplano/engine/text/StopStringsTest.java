package org.altiplano.engine.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void holdsBackExactlyWhatMayBeginAStopString() {
        StopStrings stops = new StopStrings(List.of("END"));
        assertEquals("a ", stops.append("a E"));
        assertEquals("", stops.append("N"));
        assertEquals("EN", stops.append("E"));
        assertEquals("Ex", stops.append("x"));
        assertEquals("", stops.append("EN"));
        assertEquals("EN", stops.flush());
        assertFalse(stops.matched());
    }

    @Test
    void releasesNothingFromTheMatchOn() {
        StopStrings stops = new StopStrings(List.of("\n\n", "User:"));
        assertEquals("Hi.", stops.append("Hi.\nUs".substring(0, 4)));
        assertEquals("\n", stops.append("Us"));
        assertEquals("", stops.append("er: bye\n\n"));
        assertTrue(stops.matched());
        assertEquals("", stops.append("more"));
        assertEquals("", stops.flush());
    }

    @Test
    void theMatchThatIsCompleteFirstWinsAndOfThoseTheLongest() {
        assertEquals("x", released(List.of("bc", "abc", "abcd"), List.of("xabcd")));
        assertEquals("xa", released(List.of("abcd", "bc"), List.of("xabcd")));
    }

    @Test
    void aStopStringThatOverlapsItselfIsFound() {
        assertEquals("aab", released(List.of("aabaaa"), List.of("aabaab", "aaa tail")));
    }

    @Test
    void halfASurrogatePairMatchesNothing() {
        assertEquals("😀", released(List.of("\ude00", "\ud83d"), List.of("😀")));
    }

    @Test
    void withoutStopStringsTextPassesThrough() {
        StopStrings stops = new StopStrings(List.of());
        assertEquals("text", stops.append("text"));
        assertEquals("", stops.flush());
    }

    @Test
    void anEmptyStopStringIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StopStrings(List.of("a", "")));
    }

    @Test
    void anyChunkingGivesTheAnswerOfTheWholeText() {
        Random random = new Random(11);
        int matches = 0;
        for (int i = 0; i < 20_000; i++) {
            List<String> stops = new ArrayList<>();
            for (int j = 1 + random.nextInt(3); j > 0; j--) {
                stops.add(word(random, 1 + random.nextInt(5)));
            }
            String text = word(random, random.nextInt(30));
            List<String> chunks = new ArrayList<>();
            for (int from = 0; from < text.length(); ) {
                int to = text.offsetByCodePoints(from, 1 + random.nextInt(text.codePointCount(from, text.length())));
                chunks.add(text.substring(from, to));
                from = to;
            }
            String expected = cut(stops, text);
            assertEquals(expected, released(stops, chunks), () -> stops + " in " + chunks);
            matches += expected.length() < text.length() ? 1 : 0;
        }
        assertTrue(matches > 2_000 && matches < 19_000, matches + " matches");
    }

    /** The definition: of the prefixes of the text the shortest that ends with a stop string, without the longest such. */
    private static String cut(List<String> stops, String text) {
        for (int end = 1; end <= text.length(); end++) {
            String prefix = text.substring(0, end);
            int longest = stops.stream().filter(prefix::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return text.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String released(List<String> stops, List<String> chunks) {
        StopStrings search = new StopStrings(stops);
        StringBuilder released = new StringBuilder();
        chunks.forEach(chunk -> released.append(search.append(chunk)));
        return released.append(search.flush()).toString();
    }

    private static String word(Random random, int length) {
        String[] letters = {"a", "a", "b", "😀", "😁"};
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(letters[random.nextInt(letters.length)]);
        }
        return word.toString();
    }
}
