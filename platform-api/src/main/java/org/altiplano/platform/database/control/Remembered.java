package org.altiplano.platform.database.control;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Owns what was read from the database a moment ago, so that not every request reads it again; any thread. What another
 * gateway changes is seen here two seconds later at most, what this one changes at once.
 */
public final class Remembered<K, V> {

    private static final long LIFE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int MOST = 10_000;

    private record Value<V>(V value, long readAt) {
    }

    private final Function<K, V> read;
    private final LongSupplier nanoTime;
    /** Another one after each change, so that what was read before it and comes after it is not kept. */
    private volatile Map<K, Value<V>> values = new ConcurrentHashMap<>();

    public Remembered(Function<K, V> read, LongSupplier nanoTime) {
        this.read = read;
        this.nanoTime = nanoTime;
    }

    public V get(K key) {
        Map<K, Value<V>> current = values;
        Value<V> known = current.get(key);
        long now = nanoTime.getAsLong();
        if (known != null && now - known.readAt() < LIFE_NANOS) {
            return known.value();
        }
        if (current.size() >= MOST) {
            current.clear();
        }
        V fresh = read.apply(key);
        current.put(key, new Value<>(fresh, now));
        return fresh;
    }

    /** What is known is out of date. */
    public void forget() {
        values = new ConcurrentHashMap<>();
    }
}
