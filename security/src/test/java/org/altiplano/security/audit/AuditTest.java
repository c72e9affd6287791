package org.altiplano.security.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTest {

    private final List<String> lines = List.of(AuditKey.generate(new SecureRandom()));
    private AuditKey key;
    private final List<SealedEvent> events = new ArrayList<>();

    @BeforeEach
    void chain() {
        key = AuditKey.parse(lines);
        for (int i = 1; i <= 6; i++) {
            append(key, "ann", "POST /admin/v1/thing-" + i);
        }
    }

    @Test
    void findsNothingWrongWithAWholeChain() {
        assertEquals(Optional.empty(), check(Optional.empty()));
        assertEquals(Optional.empty(), check(Optional.of(new ChainCheck.Seen(4, events.get(3).hash()))));
    }

    @Test
    void findsEveryEditOfEveryEvent() {
        for (int i = 0; i < events.size(); i++) {
            SealedEvent whole = events.get(i);
            AuditEvent e = whole.event();
            for (AuditEvent edited : List.of(
                    new AuditEvent(e.chain(), e.sequence(), e.at().plusMillis(1), e.actor(), e.origin(), e.address(), e.action(), e.subject(), e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), "bob", e.origin(), e.address(), e.action(), e.subject(), e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), e.actor(), "KEY", e.address(), e.action(), e.subject(), e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), e.actor(), e.origin(), "::1", e.action(), e.subject(), e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), e.actor(), e.origin(), e.address(), "GET", e.subject(), e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), e.actor(), e.origin(), e.address(), e.action(), "x", e.status(), e.previous()),
                    new AuditEvent(e.chain(), e.sequence(), e.at(), e.actor(), e.origin(), e.address(), e.action(), e.subject(), 500, e.previous()))) {
                events.set(i, new SealedEvent(edited, whole.hash(), whole.key(), whole.signature()));
                assertTrue(check(Optional.empty()).isPresent(), "edited " + edited);
                // Whoever can compute hashes cannot sign them.
                events.set(i, new SealedEvent(edited, edited.hash(), whole.key(), whole.signature()));
                assertTrue(check(Optional.empty()).isPresent(), "edited with its hash " + edited);
            }
            events.set(i, whole);
        }
        assertEquals(Optional.empty(), check(Optional.empty()));
    }

    @Test
    void findsWhatWasRemovedPutInAndMoved() {
        for (int i = 0; i < events.size() - 1; i++) {
            SealedEvent removed = events.remove(i);
            assertTrue(check(Optional.empty()).isPresent(), "removed " + i);
            events.add(i, removed);
            events.add(i, removed);
            assertTrue(check(Optional.empty()).isPresent(), "doubled " + i);
            events.remove(i);
            Collections.swap(events, i, i + 1);
            assertTrue(check(Optional.empty()).isPresent(), "moved " + i);
            Collections.swap(events, i, i + 1);
        }
        assertEquals(Optional.empty(), check(Optional.empty()));
    }

    @Test
    void findsWhatWasRemovedAtTheEndIfItWasSeenBefore() {
        ChainCheck.Seen seen = new ChainCheck.Seen(6, events.get(5).hash());
        events.remove(5);
        assertTrue(check(Optional.of(seen)).orElseThrow().contains("removed at the end"));
        append(key, "eve", "POST /admin/v1/another");
        assertTrue(check(Optional.of(seen)).orElseThrow().contains("not the one"));
    }

    @Test
    void goesOnWhereAnEarlierCheckLeftOff() {
        ChainCheck rest = new ChainCheck("acme", key, new ChainCheck.Seen(3, events.get(2).hash()), Optional.empty());
        assertEquals(Optional.empty(), rest.next(events.get(3)));
        assertEquals(new ChainCheck.Seen(4, events.get(3).hash()), rest.seen());
        ChainCheck wrong = new ChainCheck("acme", key, new ChainCheck.Seen(3, events.get(1).hash()), Optional.empty());
        assertTrue(wrong.next(events.get(3)).orElseThrow().contains("does not follow"));
    }

    @Test
    void findsAChainThatSomebodyElseHasSigned() {
        events.clear();
        append(AuditKey.parse(List.of(AuditKey.generate(new SecureRandom()))), "eve", "POST /admin/v1/forged");
        assertTrue(check(Optional.empty()).orElseThrow().contains("not signed"));
    }

    @Test
    void anOlderKeyStillChecksWhatItHasSigned() {
        List<String> rotated = AuditKey.rotated(lines, new SecureRandom());
        key = AuditKey.parse(rotated);
        assertEquals(1, rotated.get(0).split(" ").length - rotated.get(1).split(" ").length, "of the old key only the public half is left");
        append(key, "ann", "POST /admin/v1/later");
        assertEquals(Optional.empty(), check(Optional.empty()));
        assertEquals(2, events.stream().map(SealedEvent::key).distinct().count());
    }

    @Test
    void aPreparedKeyChecksWhatOtherGatewaysSignWithItBeforeItSignsHere() {
        List<String> prepared = AuditKey.prepared(lines, new SecureRandom());
        List<String> rotated = AuditKey.rotated(prepared, new SecureRandom());
        assertEquals(prepared, AuditKey.prepared(prepared, new SecureRandom()), "once is enough");
        assertEquals(prepared.get(1), rotated.get(0));
        assertEquals(1, rotated.get(1).split(" ").length, "of the old key only the public half is left");
        append(AuditKey.parse(rotated), "ann", "POST /admin/v1/later");
        append(AuditKey.parse(prepared), "ann", "POST /admin/v1/later/here");
        key = AuditKey.parse(prepared);
        assertEquals(Optional.empty(), check(Optional.empty()));
        assertEquals(List.of(2, 2), List.of(key.known(), AuditKey.parse(rotated).known()));
    }

    @Test
    void refusesATextThatHoldsNoKeys() {
        String other = AuditKey.generate(new SecureRandom());
        for (List<String> wrong : List.of(List.<String>of(), List.of("x"), List.of("a b"), List.of("AAAA AAAA"),
                List.of(lines.get(0).split(" ")[0] + " " + other.split(" ")[1]), List.of(other.split(" ")[1]))) {
            assertThrows(IllegalArgumentException.class, () -> AuditKey.parse(wrong), wrong.toString());
        }
    }

    private void append(AuditKey signing, String actor, String action) {
        String previous = events.isEmpty() ? AuditEvent.FIRST : events.get(events.size() - 1).hash();
        events.add(signing.seal(new AuditEvent("acme", events.size() + 1, Instant.ofEpochMilli(1_700_000_000_000L + events.size()), actor, "SESSION",
                "127.0.0.1", action, "subject", 200, previous)));
    }

    private Optional<String> check(Optional<ChainCheck.Seen> before) {
        ChainCheck check = new ChainCheck("acme", key, before);
        for (SealedEvent event : events) {
            Optional<String> wrong = check.next(event);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return check.end();
    }
}
