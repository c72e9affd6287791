package org.altiplano.contract;

import java.util.Objects;

/**
 * The beginning of every chat that has a certain system prompt, to be kept computed for whoever sends it. It belongs to no
 * tenant.
 *
 * @param id stands for this very text: another text has another id. Says nothing of the text, since status reports carry it
 * @param system the system prompt
 */
public record PinnedPrefix(String id, String system) {

    public PinnedPrefix {
        Objects.requireNonNull(id);
        Objects.requireNonNull(system);
    }
}
