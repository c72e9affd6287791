package org.altiplano.platform.audit.boundary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.SealedEvent;
import org.junit.jupiter.api.Test;

class AuditLinesTest {

    @Test
    void writesAllEventsBitByBit() throws Exception {
        List<String> lines = lines(last -> events(last + 1, Math.min(last + 2, 5)));
        assertEquals(5, lines.size());
        assertEquals(5, Json.parse(lines.get(4)).asJsonObject().getInt("sequence"));
    }

    @Test
    void sayAtTheirEndThatTheyAreNotWhole() throws Exception {
        List<String> lines = lines(last -> {
            throw new ProblemException(Problem.of(503, "The platform's database does not answer."));
        });
        assertEquals(3, lines.size());
        assertFalse(lines.get(1).contains("error"));
        assertEquals("The platform's database does not answer.",
                Json.parse(lines.get(2)).asJsonObject().getJsonObject("error").getString("message"));
    }

    private static List<String> lines(LongFunction<List<SealedEvent>> after) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AuditLines(events(1, 2), after).write(out);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<SealedEvent> events(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(sequence -> new SealedEvent(new AuditEvent("acme", sequence, Instant.EPOCH, "ada", "SESSION",
                "::1", "POST /admin/v1/api-keys", "", 201, AuditEvent.FIRST), "hash", "key", "signature")).toList();
    }
}
