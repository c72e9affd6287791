package org.altiplano.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A terminal whose two outputs can be read back, and at which nobody sits unless a test says so. */
final class RecordingTerminal {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal;
    private long nanoTime;
    private Optional<String> answer = Optional.empty();

    RecordingTerminal(int columns) {
        terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), columns, false, () -> nanoTime, this::answer);
    }

    Terminal terminal() {
        return terminal;
    }

    void pass(double seconds) {
        nanoTime += (long) (seconds * 1e9);
    }

    /** Somebody sits there who answers this. */
    void answers(String text) {
        answer = Optional.of(text);
    }

    private Optional<String> answer(String question) {
        answer.ifPresent(text -> terminal.note(question));
        return answer;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
