package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.security.access.Role;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.web.KeyDirectory.Entry;
import org.junit.jupiter.api.Test;

class KeyReadingsTest {

    private static final Entry ENTRY = new Entry("1:hash",
            Caller.unlimited("acme", "ada", Caller.Origin.API_KEY, Set.of(Role.DEVELOPER)), KeyLimits.NONE);

    private final Map<String, Entry> database = new ConcurrentHashMap<>(Map.of("k1", ENTRY));
    private final List<Integer> queries = Collections.synchronizedList(new ArrayList<>());
    private final KeyReadings readings = new KeyReadings(ids -> {
        queries.add(ids.size());
        Map<String, Entry> found = new HashMap<>();
        ids.stream().filter(database::containsKey).forEach(id -> found.put(id, database.get(id)));
        return found;
    }, System::nanoTime);

    @Test
    void findsWhatThereIsAndNothingElse() {
        assertEquals(Optional.of(ENTRY), readings.read("k1"));
        assertEquals(Optional.empty(), readings.read("k2"));
        database.put("k2", ENTRY);
        assertEquals(Optional.of(ENTRY), readings.read("k2"), "a new key is found at once though it was asked for before");
    }

    @Test
    void aFloodOfMadeUpKeysCostsNoMoreThanSomeQueriesASecondAndANewKeyIsFoundAmongThem() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(100);
        AtomicInteger numbers = new AtomicInteger();
        long begin = System.nanoTime();
        List<Future<?>> flood = new ArrayList<>();
        for (int thread = 0; thread < 99; thread++) {
            flood.add(threads.submit(() -> {
                for (int i = 0; i < 50; i++) {
                    assertEquals(Optional.empty(), readings.read("made up " + numbers.incrementAndGet()));
                }
            }));
        }
        database.put("new", ENTRY);
        assertEquals(Optional.of(ENTRY), threads.submit(() -> readings.read("new")).get());
        for (Future<?> one : flood) {
            one.get();
        }
        threads.shutdown();
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertEquals(99 * 50, numbers.get());
        assertTrue(queries.size() <= 2 + seconds / (KeyReadings.PAUSE.toMillis() / 1e3), queries.size() + " queries in " + seconds + " s");
    }

    @Test
    void aKeyThatIsThereWaitsForNobody() {
        long begin = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            readings.read("k1");
        }
        assertTrue(System.nanoTime() - begin < 10_000 * KeyReadings.PAUSE.toNanos() / 2);
    }
}
