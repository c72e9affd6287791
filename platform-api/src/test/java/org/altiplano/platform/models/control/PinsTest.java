package org.altiplano.platform.models.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.models.entity.PinRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PinsTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void aChangedTextIsAnotherPrefixToTheWorkers(TestDatabase kind) {
        Pins pins = new Pins(new Database(kind.migrated()));
        PinRecord pin = new PinRecord("a", "m", "You are \uD83E\uDD99.", NOW, 1);
        assertTrue(pins.add(pin));
        assertEquals(Optional.of(pin), pins.find("a"));
        assertEquals(new PinnedPrefix("a.1", "You are \uD83E\uDD99."), pin.prefix());
        assertTrue(pins.replace("a", "x".repeat(100_000), 1));
        assertFalse(pins.replace("a", "too late", 1));
        assertEquals(Map.of("m", Set.of("a.2")), pins.names());
        assertEquals(100_000, pins.of("m").get(0).system().length());
        assertFalse(pins.remove("a", 1));
        assertTrue(pins.remove("a", 2));
        assertEquals(List.of(), pins.all());
    }

    @ParameterizedTest
    @EnumSource
    void aModelHasNoMoreThanOneMessageCanCarry(TestDatabase kind) {
        Pins pins = new Pins(new Database(kind.migrated()));
        for (int i = 0; i < Pins.MOST; i++) {
            assertTrue(pins.add(new PinRecord("id" + i, "m", "s", NOW.plusSeconds(i), 1)));
        }
        assertFalse(pins.add(new PinRecord("more", "m", "s", NOW, 1)));
        assertTrue(pins.add(new PinRecord("other", "n", "s", NOW, 1)));
        assertEquals("id0", pins.all().get(0).id());
        assertEquals(Pins.MOST, pins.of("m").size());
    }
}
