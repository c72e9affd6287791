package org.altiplano.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Owns one line of progress, on the command's thread. On a terminal it is redrawn in place, at most ten times a second;
 * elsewhere the news is printed every ten seconds. Life cycle: {@code update}s, then {@code done} or {@code failed}.
 */
final class ProgressLine {

    private static final long REDRAW = Duration.ofMillis(100).toNanos();
    private static final long REPEAT = Duration.ofSeconds(10).toNanos();
    private static final int BAR = 16;

    private final PrintStream err;
    private final int columns;
    private final LongSupplier nanoTime;
    private final String part;
    private final long started;
    private long shown;

    ProgressLine(PrintStream err, int columns, LongSupplier nanoTime, String part) {
        this.err = err;
        this.columns = columns;
        this.nanoTime = nanoTime;
        this.part = part;
        this.started = nanoTime.getAsLong();
        this.shown = started;
        if (columns > 0) {
            draw("");
        }
    }

    /** What is happening. */
    void update(String news) {
        show(news);
    }

    /** What is happening and how far it is; a bar is shown if {@code total} is above 0. */
    void update(String news, long done, long total) {
        show(total > 0 ? bar(done, total) + "  " + news : news);
    }

    /** Ends the line well; {@code result} is a word or two such as {@code ready}. */
    void done(String result) {
        finish(result + " after " + elapsed());
    }

    /** Ends the line badly. */
    void failed() {
        finish("failed after " + elapsed());
    }

    private void show(String news) {
        long now = nanoTime.getAsLong();
        if (now - shown < (columns > 0 ? REDRAW : REPEAT)) {
            return;
        }
        shown = now;
        if (columns > 0) {
            draw(news + "  " + elapsed());
        } else {
            err.println(text(news + "  " + elapsed()));
        }
    }

    private void finish(String result) {
        if (columns > 0) {
            draw(result);
            err.println();
        } else {
            err.println(text(result));
        }
    }

    private void draw(String news) {
        String text = text(news);
        int room = Math.max(10, columns - 1);
        err.print("\r" + (text.length() > room ? text.substring(0, room) : text) + "\u001b[K");
        err.flush();
    }

    private String text(String news) {
        return String.format(Locale.ROOT, "  %-30s %s", part, news);
    }

    private String elapsed() {
        return inWords(Duration.ofNanos(nanoTime.getAsLong() - started));
    }

    static String inWords(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 10 ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
                : seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    static String bar(long done, long total) {
        long part = Math.min(Math.max(done, 0), total);
        int filled = (int) (BAR * part / total);
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] "
                + String.format(Locale.ROOT, "%3d %%  %s of %s", 100 * part / total, size(part), size(total));
    }

    /** Bytes as people write them. */
    static String size(long bytes) {
        return bytes < 10_000_000 ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : bytes < 10_000_000_000L ? bytes / 1_000_000 + " MB"
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
