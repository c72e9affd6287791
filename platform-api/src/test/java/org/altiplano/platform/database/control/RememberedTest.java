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

    @Test
    void doesNotKeepWhatWasReadBeforeAChange() {
        Map<String, Remembered<String, Integer>> own = new HashMap<>();
        own.put("r", new Remembered<>(key -> {
            int before = table.get(key);
            if (before == 1) {
                table.put(key, 2);
                own.get("r").forget();
            }
            return before;
        }, () -> now));
        assertEquals(1, own.get("r").get("a"), "it was asked for before");
        assertEquals(2, own.get("r").get("a"));
    }
}
