package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.SealedEvent;

/** One line of the audit log's export. */
final class AuditLine {

    private AuditLine() {
    }

    /** @throws IOException if the line is no event */
    static SealedEvent parse(String line) throws IOException {
        JsonNode json = Json.parse(line);
        try {
            AuditEvent event = new AuditEvent(text(json, "tenant"), json.path("sequence").asLong(), Instant.parse(text(json, "at")),
                    text(json, "actor"), text(json, "origin"), text(json, "address"), text(json, "action"), text(json, "subject"),
                    json.path("status").asInt(), text(json, "previous"));
            return new SealedEvent(event, text(json, "hash"), text(json, "key"), text(json, "signature"));
        } catch (DateTimeException wrong) {
            throw new IOException("a line is no event", wrong);
        }
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asText();
    }
}
