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
 * Owns this member's copy of what the cluster was told of some names, yes or no, from creation to close; the copy is read from
 * any thread and waits for no other member. On its own thread it compares the copy with the cluster's map once a second.
 *
 * <p>Entries are never removed: what is no longer so has the value {@code false}. So a member may keep what it once heard,
 * and put back what the cluster lost with members that died.
 */
final class SharedFlags implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SharedFlags.class);
    private static final long COMPARE_MILLIS = 1_000;

    private final IMap<String, Boolean> map;
    private final Map<String, Boolean> copy = new ConcurrentHashMap<>();
    private final ScheduledExecutorService comparing;

    SharedFlags(IMap<String, Boolean> map) {
        this.map = map;
        this.comparing = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, map.getName());
            thread.setDaemon(true);
            return thread;
        });
        map.addEntryListener((EntryAddedListener<String, Boolean>) this::changed, true);
        map.addEntryListener((EntryUpdatedListener<String, Boolean>) this::changed, true);
        compare();
        comparing.scheduleWithFixedDelay(this::compare, COMPARE_MILLIS, COMPARE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void put(String name, boolean flag) {
        map.put(name, flag);
        copy.put(name, flag);
    }

    boolean isSet(String name) {
        return copy.getOrDefault(name, false);
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
            LOG.debug("What the cluster knows as {} cannot be compared now: {}", map.getName(), e.toString());
        }
    }
}
