package org.altiplano.platform.audit.boundary;

import jakarta.json.JsonObject;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongFunction;
import org.altiplano.platform.http.boundary.ProblemResponse;
import org.altiplano.security.audit.SealedEvent;

/**
 * Writes a chain's events, one JSON object a line, as they come from the database; owns nothing, the request's thread. Where that
 * breaks off the last line is the error: the status has been sent, and the server ends every answer as if it were whole.
 */
final class AuditLines implements StreamingOutput {

    private final List<SealedEvent> first;
    private final LongFunction<List<SealedEvent>> after;

    /**
     * @param first the chain's first events, so that what fails at once fails before the status is sent
     * @param after gives those after a sequence, none where the chain ends
     */
    AuditLines(List<SealedEvent> first, LongFunction<List<SealedEvent>> after) {
        this.first = first;
        this.after = after;
    }

    @Override
    public void write(OutputStream out) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out);
        List<SealedEvent> events = first;
        while (!events.isEmpty()) {
            for (SealedEvent event : events) {
                line(buffered, AuditForm.describe(event));
            }
            try {
                events = after.apply(events.get(events.size() - 1).event().sequence());
            } catch (RuntimeException e) {
                line(buffered, ProblemResponse.body(e));
                break;
            }
        }
        buffered.flush();
    }

    private static void line(OutputStream out, JsonObject json) throws IOException {
        out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
