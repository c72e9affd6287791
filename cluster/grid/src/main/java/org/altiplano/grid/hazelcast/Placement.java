package org.altiplano.grid.hazelcast;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns this member's copy of the desired placement, from creation to close; the copy is read from any thread and waits for
 * no other member. On its own thread, {@code placement}, it compares the copy with the cluster's map once a second.
 *
 * <p>Entries are never removed: a displaced model has the value {@code false}. So a member may keep what it once heard,
 * and put back what the cluster lost with members that died.
 */
final class Placement implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
    private static final long COMPARE_MILLIS = 1_000;

    private final IMap<String, Boolean> map;
    private final Map<String, Boolean> copy = new ConcurrentHashMap<>();
    private final ScheduledExecutorService comparing = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "placement");
        thread.setDaemon(true);
        return thread;
    });

    Placement(IMap<String, Boolean> map) {
        this.map = map;
        map.addEntryListener((EntryAddedListener<String, Boolean>) this::changed, true);
        map.addEntryListener((EntryUpdatedListener<String, Boolean>) this::changed, true);
        compare();
        comparing.scheduleWithFixedDelay(this::compare, COMPARE_MILLIS, COMPARE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void put(String model, boolean placed) {
        map.put(model, placed);
        copy.put(model, placed);
    }

    boolean isPlaced(String model) {
        return copy.getOrDefault(model, false);
    }

    Map<String, Boolean> all() {
        return new TreeMap<>(copy);
    }

    @Override
    public void close() {
        comparing.shutdownNow();
    }

    private void changed(EntryEvent<String, Boolean> event) {
        copy.put(event.getKey(), event.getValue());
    }

    private void compare() {
        try {
            map.forEach(copy::put);
            copy.forEach(map::putIfAbsent);
        } catch (RuntimeException e) {
            LOG.debug("The placement cannot be compared now: {}", e.toString());
        }
    }
}
