package org.altiplano.engine.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The model computed something that is no number. The KV entries of the rows named are gone; the other rows of the step drew
 * nothing and can be run again.
 */
public final class NonFiniteLogitsException extends RuntimeException {

    private final transient List<Integer> rows;

    /** @param rows indexes of the step's rows */
    public NonFiniteLogitsException(List<Integer> rows) {
        super("The model's logits are not finite numbers (row " + rows.stream().map(String::valueOf)
                .collect(Collectors.joining(", ")) + " of the step): its weights are damaged or do not fit its configuration.");
        this.rows = List.copyOf(rows);
    }

    /** Indexes of the step's rows. */
    public List<Integer> rows() {
        return rows;
    }
}
