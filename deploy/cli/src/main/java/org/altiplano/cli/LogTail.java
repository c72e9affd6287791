package org.altiplano.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a log from its end and then follows it. Not for use by several threads. */
final class LogTail {

    private static final int WINDOW = 256 * 1024;
    private static final String REFUSAL = "The gateway cannot start:";

    private final Path log;
    private long position;

    LogTail(Path log) {
        this.log = log;
    }

    /** The last lines that are there now; {@link #news()} goes on from here. */
    List<String> last(int lines) {
        String text = read(Math.max(0, size() - WINDOW));
        List<String> all = text.lines().toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** What was written since the last call. */
    String news() {
        return read(size() < position ? 0 : position);
    }

    /** The last line that says something, or an empty text. */
    static String lastWords(Path log) {
        return reversed(new LogTail(log).last(50)).filter(line -> !line.isBlank()).findFirst().orElse("").strip();
    }

    /** Why what writes this log refuses to start, if it says so since its last start. */
    static Optional<String> refusal(Path log) {
        return reversed(new LogTail(log).last(500)).takeWhile(line -> !line.startsWith(LaunchPlan.START)).filter(line -> line.contains(REFUSAL))
                .map(line -> line.substring(line.indexOf(REFUSAL) + REFUSAL.length()).strip()).findFirst();
    }

    private static Stream<String> reversed(List<String> lines) {
        return Stream.iterate(lines.size() - 1, index -> index >= 0, index -> index - 1).map(lines::get);
    }

    private long size() {
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    private String read(long from) {
        if (!Files.exists(log)) {
            return "";
        }
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(from);
            byte[] bytes = new byte[(int) Math.min(WINDOW, Math.max(0, file.length() - from))];
            file.readFully(bytes);
            position = from + bytes.length;
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new CommandFailure("Cannot read " + log + ": " + failure.getMessage(), failure);
        }
    }
}
