package org.altiplano.engine.model;

import java.util.Set;

/**
 * Some rows of a step came to nothing, such as logits that are not numbers. The other rows did not fail: their sequences
 * can be computed again.
 */
public final class RowsFailedException extends RuntimeException {

    private final transient Set<Integer> rows;

    /**
     * @param rows indices into {@link StepInput#rows()}
     * @param message one sentence without secrets
     */
    public RowsFailedException(Set<Integer> rows, String message) {
        super(message);
        this.rows = Set.copyOf(rows);
    }

    public Set<Integer> rows() {
        return rows;
    }
}
