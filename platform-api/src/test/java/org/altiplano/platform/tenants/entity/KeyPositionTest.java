package org.altiplano.platform.tenants.entity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyPositionTest {

    @Test
    void isFoundAgainInItsTextAndInNoOther() {
        KeyPosition position = new KeyPosition(Instant.parse("2026-11-26T12:00:00.123456Z"), "k 1");
        assertEquals(Optional.of(position), KeyPosition.parse(position.text()));
        for (String made : new String[] {"", "k1", "yesterday k1", "+1000000000-12-31T23:59:59.999999999Z k1", "-999999999-01-01T00:00:00Z k1", "2026-13-26T12:00:00Z k1"}) {
            assertEquals(Optional.empty(), KeyPosition.parse(made), made);
        }
    }
}
