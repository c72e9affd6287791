package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompletionStreamTest {

    @Test
    void piecesAddUpToTheAnswerAndCommentsAreSkipped() {
        assertEquals("Zürich", read("""
                : waiting

                data: {"choices":[{"delta":{"role":"assistant","content":""}}]}

                data: {"choices":[{"delta":{"content":"Zü"}}]}

                data: {"choices":[{"delta":{"content":"rich"}}]}

                data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

                data: {"choices":[],"usage":{"total_tokens":3}}

                data: [DONE]

                """));
    }

    @Test
    void anErrorInTheStreamIsTold() {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read("""
                data: {"choices":[{"delta":{"content":"One"}}]}

                data: {"error":{"message":"The worker was lost."}}

                """));
        assertEquals("The worker was lost.", failure.getMessage());
    }

    @Test
    void aStreamThatEndsWithoutItsEndMarkBrokeOff() {
        assertTrue(assertThrows(CommandFailure.class, () -> read("data: {\"choices\":[]}\n\n")).getMessage()
                .contains("broke off"));
    }

    private static String read(String events) {
        var text = new StringBuilder();
        try (var stream = new CompletionStream(new ByteArrayInputStream(events.getBytes(StandardCharsets.UTF_8)))) {
            for (Optional<String> next = stream.next(); next.isPresent(); next = stream.next()) {
                text.append(next.get());
            }
        }
        return text.toString();
    }
}
