package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RememberedTest {

    private final Map<String, Integer> table = new HashMap<>(Map.of("a", 1));
    private long now;
    private final Remembered<String, Integer> remembered = new Remembered<>(table::get, () -> now);

    @Test
    void seesWhatOthersChangeAfterTwoSecondsAndWhatItForgetsAtOnce() {
        assertEquals(1, remembered.get("a"));
        table.put("a", 2);
        now += Duration.ofMillis(1_999).toNanos();
        assertEquals(1, remembered.get("a"));
        now += Duration.ofMillis(1).toNanos();
        assertEquals(2, remembered.get("a"));
        table.put("a", 3);
        remembered.forget();
        assertEquals(3, remembered.get("a"));
    }
}
