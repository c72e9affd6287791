package org.altiplano.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the events of a chain, one JSON object a line, to their end or until they break off; used by one thread. */
final class AuditExport implements AutoCloseable {

    private static final String ERROR = "{\"error\":";

    private final BufferedReader lines;

    AuditExport(InputStream source) {
        this.lines = new BufferedReader(new InputStreamReader(source, StandardCharsets.UTF_8));
    }

    /** The next event; nothing after the last one. */
    Optional<String> next() {
        try {
            Optional<String> line = Optional.ofNullable(lines.readLine());
            if (line.filter(text -> text.startsWith(ERROR)).isPresent()) {
                // What came before it is not all that there is.
                throw new IOException(Json.parse(line.get()).path("error").path("message").asText());
            }
            return line;
        } catch (IOException broken) {
            throw new CommandFailure("The gateway broke off: " + broken.getMessage(), broken);
        }
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException alreadyGone) {
            // The gateway sees the connection end either way.
        }
    }
}
