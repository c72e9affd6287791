package org.altiplano.engine.sampling;

/** Counts tokens of one sequence at a time; owns an array as long as the vocabulary, clean between uses. One thread. */
final class TokenCounts {

    private final int[] counts;

    TokenCounts(int vocabulary) {
        counts = new int[vocabulary];
    }

    /** What is told of each different token. */
    interface Visitor {
        void token(int id, int count);
    }

    /** Visits each different token once, in order of first occurrence. */
    void visit(Visitor visitor, int[]... sequences) {
        for (int[] sequence : sequences) {
            for (int id : sequence) {
                counts[id]++;
            }
        }
        for (int[] sequence : sequences) {
            for (int id : sequence) {
                if (counts[id] > 0) {
                    visitor.token(id, counts[id]);
                    counts[id] = 0;
                }
            }
        }
    }
}
