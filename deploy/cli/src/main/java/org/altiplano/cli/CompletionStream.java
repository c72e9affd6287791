package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a streamed chat completion: server-sent events whose data are OpenAI's chunks, ended by {@code [DONE]}. Used by
 * one thread; {@link #close()} may come from another and ends the answer.
 */
final class CompletionStream implements AutoCloseable {

    private static final String DATA = "data:";

    private final InputStream source;
    private final BufferedReader lines;
    private volatile boolean closed;

    CompletionStream(InputStream source) {
        this.source = source;
        this.lines = new BufferedReader(new InputStreamReader(source, StandardCharsets.UTF_8));
    }

    /** The next piece of text, possibly empty; nothing after the end or after {@link #close()}. */
    Optional<String> next() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DATA)) {
                    String data = line.substring(DATA.length()).strip();
                    return data.equals("[DONE]") ? Optional.empty() : Optional.of(text(Json.parse(data)));
                }
            }
            if (closed) {
                return Optional.empty();
            }
            throw new CommandFailure("The answer broke off.");
        } catch (IOException failure) {
            if (closed) {
                return Optional.empty();
            }
            throw new CommandFailure("The answer broke off: " + failure.getMessage(), failure);
        }
    }

    private static String text(JsonNode chunk) {
        if (chunk.has("error")) {
            throw new CommandFailure(chunk.path("error").path("message").asText());
        }
        return chunk.path("choices").path(0).path("delta").path("content").asText("");
    }

    @Override
    public void close() {
        closed = true;
        try {
            source.close();
        } catch (IOException alreadyGone) {
            // The gateway sees the connection end either way.
        }
    }
}
