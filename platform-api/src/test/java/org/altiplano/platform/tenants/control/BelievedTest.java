package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.security.access.Role;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.web.KeyDirectory.Entry;
import org.junit.jupiter.api.Test;

class BelievedTest {

    private static final Entry ENTRY = new Entry("1:hash",
            Caller.unlimited("acme", "ada", Caller.Origin.API_KEY, Set.of(Role.DEVELOPER)), KeyLimits.NONE);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int readings;
    private int asked;
    private long changes;
    private boolean away;
    private final Map<String, Entry> database = new HashMap<>(Map.of("k1", ENTRY));
    private final Believed<Entry> believed = new Believed<>(this::changes, () -> now);

    @Test
    void readsAKeyOnceForManyRequests() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.of(ENTRY), find("k1"));
        }
        assertEquals(1, readings);
    }

    @Test
    void noticesARevocationElsewhereAsSoonAsItsChangeIsSeenWhichIsWithinFiveSeconds() {
        find("k1");
        database.clear();
        changes++;
        assertEquals(Optional.empty(), find("k1"));
        assertTrue(Changes.BELIEF.compareTo(Duration.ofSeconds(5)) < 0);
    }

    @Test
    void readsAKeyAgainThatWasReadWhileSettingsChanged() {
        believed.find("k1", id -> {
            database.clear();
            changes++;
            return Optional.of(ENTRY);
        });
        assertEquals(Optional.empty(), find("k1"));
    }

    @Test
    void noticesARevocationHereAtOnce() {
        find("k1");
        database.clear();
        believed.forget("k1");
        assertEquals(Optional.empty(), find("k1"));
    }

    @Test
    void knowsANewKeyAtOnceThoughItWasUnknownBefore() {
        assertEquals(Optional.empty(), find("k2"));
        database.put("k2", ENTRY);
        assertEquals(Optional.of(ENTRY), find("k2"));
    }

    @Test
    void doesNotKeepWhatWasReadBeforeARevocationHere() {
        Optional<Entry> slow = believed.find("k1", id -> {
            database.clear();
            believed.forget("k1");
            return Optional.of(ENTRY);
        });
        assertEquals(Optional.of(ENTRY), slow, "its request began before");
        assertEquals(Optional.empty(), find("k1"));
    }

    @Test
    void goesOnForAMinuteWhileTheDatabaseDoesNotAnswer() {
        find("k1");
        away = true;
        for (int i = 0; i < 59; i++) {
            now = now.plusSeconds(1);
            assertEquals(Optional.of(ENTRY), find("k1"));
        }
        assertTrue(asked <= 31, "asks it once in two seconds: " + asked);
        now = now.plusSeconds(3);
        assertThrows(IllegalStateException.class, () -> find("k1"));
        assertThrows(IllegalStateException.class, () -> find("k2"), "an unknown key is nobody's");
    }

    @Test
    void believesTheDatabaseAgainAsSoonAsItAnswers() {
        find("k1");
        away = true;
        find("k1");
        away = false;
        database.clear();
        changes++;
        now = now.plus(Changes.BELIEF);
        assertEquals(Optional.empty(), find("k1"));
    }

    @Test
    void goesOnWithAKeyThatHasPerhapsChangedIfTheDatabaseGoesAwayThen() {
        find("k1");
        changes++;
        assertEquals(Optional.of(ENTRY), believed.find("k1", id -> {
            throw new IllegalStateException("the database does not answer");
        }));
    }

    private long changes() {
        asked++;
        if (away) {
            throw new IllegalStateException("the database does not answer");
        }
        return changes;
    }

    private Optional<Entry> find(String id) {
        return believed.find(id, key -> {
            readings++;
            if (away) {
                throw new IllegalStateException("the database does not answer");
            }
            return Optional.ofNullable(database.get(key));
        });
    }
}
