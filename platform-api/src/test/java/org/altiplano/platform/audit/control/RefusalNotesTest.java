package org.altiplano.platform.audit.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalNotesTest {

    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

    private final RefusalNotes notes = new RefusalNotes();

    @Test
    void notesEachCallerAndReasonOnceAnHour() {
        assertTrue(notes.isNew("acme", "ada", "insufficient_quota", NOON));
        assertFalse(notes.isNew("acme", "ada", "insufficient_quota", NOON.plusSeconds(3_599)));
        assertTrue(notes.isNew("acme", "ada", "rate_limit_exceeded", NOON));
        assertTrue(notes.isNew("acme", "bob", "insufficient_quota", NOON));
        assertTrue(notes.isNew("other", "ada", "insufficient_quota", NOON));
        assertTrue(notes.isNew("acme", "ada", "insufficient_quota", NOON.plus(RefusalNotes.QUIET)));
        assertFalse(notes.isNew("acme", "ada", "insufficient_quota", NOON.plus(RefusalNotes.QUIET).plusSeconds(1)));
    }
}
