package org.altiplano.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What came of a restoration.
 *
 * @param at when the backup was made
 * @param before where what was there is now, if there was anything
 * @param fault what is wrong with the audit log that the backup holds
 */
record Restored(String at, Optional<Path> before, Optional<String> fault) {
}
