package org.altiplano.platform.database.control;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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
    private final Map<K, Value<V>> values = new ConcurrentHashMap<>();
    private final AtomicLong forgotten = new AtomicLong();

    public Remembered(Function<K, V> read, LongSupplier nanoTime) {
        this.read = read;
        this.nanoTime = nanoTime;
    }

    public V get(K key) {
        Value<V> known = values.get(key);
        long now = nanoTime.getAsLong();
        if (known != null && now - known.readAt() < LIFE_NANOS) {
            return known.value();
        }
        if (values.size() >= MOST) {
            values.clear();
        }
        long before = forgotten.get();
        V fresh = read.apply(key);
        Value<V> value = new Value<>(fresh, now);
        values.put(key, value);
        if (forgotten.get() != before) {
            // It was changed meanwhile, and nobody knows whether this was read before or after.
            values.remove(key, value);
        }
        return fresh;
    }

    /** What is known is out of date. */
    public void forget() {
        forgotten.incrementAndGet();
        values.clear();
    }
}
