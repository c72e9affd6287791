package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProgressLineTest {

    @Test
    void withoutATerminalNewsComeEveryTenSeconds() {
        var recording = new RecordingTerminal(0);
        ProgressLine line = recording.terminal().progress("gateway");
        for (int second = 0; second < 25; second++) {
            recording.pass(1);
            line.update("starting");
        }
        line.done("ready");
        assertEquals(3, recording.err().lines().count(), recording.err());
        assertTrue(recording.err().contains("ready after 25 s"), recording.err());
        assertFalse(recording.err().contains("\r"));
    }

    @Test
    void onATerminalTheLineIsRedrawnAndNeverWrapped() {
        var recording = new RecordingTerminal(40);
        ProgressLine line = recording.terminal().progress("model smollm2-135m-instruct");
        recording.pass(1);
        line.update("Fetching the weights of a model with a long name", 50, 100);
        line.done("stored");
        for (String drawn : recording.err().split("\r")) {
            assertTrue(drawn.replace("\u001b[K", "").strip().length() < 40, drawn);
        }
    }

    @Test
    void aBarShowsTheShareAndTheSizes() {
        assertEquals("[########........]  50 %  50 MB of 100 MB",
                ProgressLine.bar(50_000_000, 100_000_000));
        assertTrue(ProgressLine.bar(300, 200).contains("100 %"));
    }
}
