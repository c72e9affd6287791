package org.altiplano.platform.audit.entity;

import java.time.Instant;
import java.util.Optional;

/**
 * Which events of a chain are asked for.
 *
 * @param newestFirst or in the order in which they happened
 * @param after sequence of the last event of the page before; absent at the beginning
 * @param actor what the name of whoever did it contains, in whatever case
 * @param about what the action or what it was done to contains, in whatever case
 * @param from when the first may have happened
 * @param until before when the last must have happened
 */
public record AuditSearch(boolean newestFirst, Optional<Long> after, Optional<String> actor, Optional<String> about,
                          Optional<Instant> from, Optional<Instant> until) {

    /** All events after one of them, in the order in which they happened. */
    public static AuditSearch all(long after) {
        return new AuditSearch(false, Optional.of(after), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
