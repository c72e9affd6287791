package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names one process of this machine for good: a later process of the same pid is another one.
 *
 * @param pid the process id
 * @param started boot of the machine and clock ticks since then at which the process began (proc(5), field 22 of stat)
 */
record ProcessIdentity(long pid, String started) {

    private static final int STATE = 0;
    private static final int START_TIME = 19;

    /** The process that has this pid now. */
    static Optional<ProcessIdentity> of(long pid) {
        return started(pid).map(started -> new ProcessIdentity(pid, started));
    }

    /** Whether the process still runs; a zombie does not. */
    boolean isAlive() {
        return started(pid).filter(started::equals).isPresent();
    }

    private static Optional<String> started(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The command in parentheses may itself hold blanks and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return dead ? Optional.empty() : Optional.of(bootId() + "/" + fields[START_TIME]);
        } catch (IOException | IndexOutOfBoundsException gone) {
            return Optional.empty();
        }
    }

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
