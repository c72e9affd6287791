package org.altiplano.engine.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU time spent since the machine and the process started, in clock ticks of 10 ms (proc(5)).
 *
 * @param busy by all processes and, unseen by this machine, its host
 * @param own by this process
 */
record CpuTimes(long busy, long own) {

    static CpuTimes now() {
        return new CpuTimes(busy(text("/proc/stat")), own(text("/proc/self/stat")));
    }

    /** {@code cpu user nice system idle iowait irq softirq steal ...} */
    static long busy(String stat) {
        String[] fields = stat.substring(0, stat.indexOf('\n')).trim().split("\\s+");
        return Stream.of(1, 2, 3, 6, 7, 8).mapToLong(i -> Long.parseLong(fields[i])).sum();
    }

    /** User and system time are the 12th and 13th field behind the command, which may hold blanks and brackets. */
    static long own(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
