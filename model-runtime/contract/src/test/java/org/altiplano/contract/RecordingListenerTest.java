package org.altiplano.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fake that all rooms trust to notice a broken order of events. */
class RecordingListenerTest {

    private static final Finished FINISHED =
            new Finished(FinishReason.STOP, 1, 0, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private static final TokenChunk CHUNK = new TokenChunk(List.of(), "x");

    private final RecordingListener heard = new RecordingListener();

    @Test
    void takesEventsInTheRightOrder() {
        heard.onAccepted(new Accepted(new int[] {1}));
        heard.onPrompt(new PromptEcho(List.of(), "p"));
        heard.onTokens(CHUNK);
        heard.onTokens(CHUNK);
        heard.onFinished(FINISHED);
        assertEquals(FINISHED, heard.awaitTerminal());
        assertEquals("xx", heard.text());
    }

    @Test
    void noticesTokensBeforeTheAcceptance() {
        heard.onTokens(CHUNK);
        heard.onAccepted(new Accepted(new int[] {1}));
        assertThrows(AssertionError.class, heard::events);
    }

    @Test
    void noticesASecondTerminalEvent() {
        heard.onFinished(FINISHED);
        heard.onFailed(new Failure(Failure.Code.ENGINE_FAILED, "twice"));
        assertThrows(AssertionError.class, heard::awaitTerminal);
    }
}
