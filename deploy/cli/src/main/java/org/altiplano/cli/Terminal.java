package org.altiplano.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Owns the command's two outputs and what it is told, on the command's thread: results go to {@code out}, progress and complaints to
 * {@code err}. Lines are redrawn in place and coloured only where {@code err} is a terminal.
 */
final class Terminal {

    private final PrintStream out;
    private final PrintStream err;
    private final int columns;
    private final boolean colour;
    private final LongSupplier nanoTime;
    private final Function<String, Optional<String>> answers;

    /**
     * @param columns width of the terminal that {@code err} is; 0 if it is none
     * @param colour whether emphasis is shown by colour
     * @param nanoTime a monotonic clock
     * @param answers asks whoever sits there
     */
    Terminal(PrintStream out, PrintStream err, int columns, boolean colour, LongSupplier nanoTime, Function<String, Optional<String>> answers) {
        this.out = out;
        this.err = err;
        this.columns = columns;
        this.colour = colour;
        this.nanoTime = nanoTime;
        this.answers = answers;
    }

    /** The process's own streams. The launcher tells by {@code altiplano.columns} whether there is a terminal. */
    static Terminal ofProcess() {
        int columns = Integer.getInteger("altiplano.columns", 0);
        String noColour = System.getenv("NO_COLOR");
        boolean colour = columns > 0 && (noColour == null || noColour.isEmpty())
                && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(utf8(FileDescriptor.out), utf8(FileDescriptor.err), columns, colour, System::nanoTime,
                question -> Optional.ofNullable(System.console()).map(console -> console.readLine("%s", question)));
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** A result. */
    void print(String line) {
        out.println(line);
    }

    /** Part of a result, shown at once. */
    void printPart(String text) {
        out.print(text);
        out.flush();
    }

    /** What somebody answers; empty if nobody is there to be asked. */
    Optional<String> ask(String question) {
        return answers.apply(question);
    }

    /** Something to know that is not the result. */
    void note(String line) {
        err.println(line);
    }

    /** What went wrong. */
    void complain(String sentence) {
        err.println(colour ? "\u001b[31maltiplano:\u001b[0m " + sentence : "altiplano: " + sentence);
    }

    /** Starts to show a part that may take long. */
    ProgressLine progress(String part) {
        return new ProgressLine(err, columns, nanoTime, part);
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** How wide an explanation may be. */
    int helpColumns() {
        return columns == 0 ? 80 : Math.max(60, Math.min(columns, 120));
    }

    boolean colour() {
        return colour;
    }
}
