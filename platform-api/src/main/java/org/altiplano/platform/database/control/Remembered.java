package org.altiplano.platform.database.control;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Owns what was read of the settings in the database, until one of them changes, so that not every request reads them again; any
 * thread. What another gateway changes is seen here as soon as the {@link Changes} are, what this one changes at once.
 */
public final class Remembered<K, V> {

    private static final int MOST = 20_000;

    /** What was read when, or after, settings had changed so often. */
    private record Values<K, V>(long changes, Map<K, V> read) {

        Values(long changes) {
            this(changes, new ConcurrentHashMap<>());
        }
    }

    private final Function<K, V> truth;
    private final LongSupplier changes;
    /** Others after each change, so that what was read before it and comes after it is not kept. */
    private volatile Values<K, V> values = new Values<>(0);

    /** @param truth reads a value from the database */
    public Remembered(Function<K, V> truth, Database database) {
        this(truth, () -> database.changes().count());
    }

    /** @param truth reads a value @param changes how often settings have changed, a moment ago */
    Remembered(Function<K, V> truth, LongSupplier changes) {
        this.truth = truth;
        this.changes = changes;
    }

    public V get(K key) {
        Values<K, V> current = current(changes.getAsLong());
        V known = current.read().get(key);
        if (known != null) {
            return known;
        }
        if (current.read().size() >= MOST) {
            current.read().clear();
        }
        V fresh = truth.apply(key);
        current.read().put(key, fresh);
        return fresh;
    }

    /** What is known is out of date. */
    public void forget() {
        values = new Values<>(values.changes());
    }

    private Values<K, V> current(long changed) {
        Values<K, V> current = values;
        if (changed > current.changes()) {
            current = new Values<>(changed);
            values = current;
        }
        return current;
    }
}
