package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RememberedTest {

    private final Map<String, Integer> table = new HashMap<>(Map.of("a", 1));
    private long changes;
    private final Remembered<String, Integer> remembered = new Remembered<>(table::get, () -> changes);

    @Test
    void readsAgainWhatOthersMayHaveChangedAndWhatItForgets() {
        assertEquals(1, remembered.get("a"));
        table.put("a", 2);
        assertEquals(1, remembered.get("a"), "nobody said that anything has changed");
        changes++;
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
        }, () -> changes));
        assertEquals(1, own.get("r").get("a"), "it was asked for before");
        assertEquals(2, own.get("r").get("a"));
    }
}
