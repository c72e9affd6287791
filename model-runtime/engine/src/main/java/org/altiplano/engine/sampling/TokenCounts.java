package org.altiplano.engine.sampling;

/** Counts tokens of one sequence at a time; owns an array as long as the vocabulary once it is needed, clean between uses. */
final class TokenCounts {

    private final int vocabulary;
    private int[] counts = new int[0];

    TokenCounts(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** What is told of each different token. */
    interface Visitor {
        void token(int id, int count);
    }

    /** Visits each different token once, in order of first occurrence. */
    void visit(Visitor visitor, int[]... sequences) {
        if (counts.length < vocabulary) {
            counts = new int[vocabulary];
        }
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
