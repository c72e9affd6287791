package org.altiplano.engine.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tree of words by code points; node 0 is the root. */
final class Trie {

    private final Map<Long, Integer> children = new HashMap<>();
    private final List<Integer> words = new ArrayList<>(List.of(-1));

    /** Adds a word under a number, which is not negative; returns its node. */
    int add(String word, int number) {
        int node = 0;
        for (int codePoint : word.codePoints().toArray()) {
            int parent = node;
            node = children.computeIfAbsent(edge(parent, codePoint), edge -> {
                words.add(-1);
                return words.size() - 1;
            });
        }
        words.set(node, number);
        return node;
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    /** The node one code point further down; -1 where there is none. */
    int child(int node, int codePoint) {
        return children.getOrDefault(edge(node, codePoint), -1);
    }

    /** The number of the word that ends at a node; -1 where none does. */
    int word(int node) {
        return words.get(node);
    }

    /** The number of the longest word that stands in the text at {@code from}; -1 for none. */
    int longestAt(String text, int from) {
        int found = -1;
        int node = 0;
        for (int i = from; i < text.length() && node >= 0; ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            node = child(node, codePoint);
            if (node >= 0 && word(node) >= 0) {
                found = word(node);
            }
        }
        return found;
    }

    private static long edge(int node, int codePoint) {
        return (long) node << 21 | codePoint;
    }
}
