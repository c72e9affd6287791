package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RememberedTest {

    private final Map<String, Integer> table = new HashMap<>(Map.of("a", 1));
    private long now;
    private Runnable changed = () -> { };
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
    void doesNotKeepWhatItReadWhileItWasChanged() {
        Remembered<String, Integer> slow = new Remembered<>(key -> {
            int read = table.get(key);
            changed.run();
            return read;
        }, () -> now);
        changed = () -> {
            table.put("a", 2);
            slow.forget();
            changed = () -> { };
        };
        assertEquals(1, slow.get("a"));
        assertEquals(2, slow.get("a"));
    }
}
