package org.altiplano.platform.contentlog.entity;

import java.time.Instant;
import java.util.Optional;

/**
 * Which of a tenant's records are asked for.
 *
 * @param before position of the last one of the page before; absent at the beginning
 * @param owner what the name of whoever asked contains, in whatever case
 * @param model what the name of the model contains, in whatever case
 * @param from when the first may have been asked
 * @param until before when the last must have been asked
 */
public record ContentSearch(Optional<String> before, Optional<String> owner, Optional<String> model, Optional<Instant> from, Optional<Instant> until) {
}
