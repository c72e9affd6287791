package org.altiplano.platform.tenants.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.security.web.KeyDirectory.Entry;

/**
 * Owns what this gateway believes of the keys that it has seen, for as long as the settings in the database do not change; any
 * thread. How soon it learns of a change bounds how long a key outlives its revocation at another gateway; but while the database
 * does not answer, which it is asked once in that time, it goes on with what held within the last {@link #OUTAGE}. Only keys that
 * exist are remembered, so that made-up ones cannot fill the memory and a new key works at once everywhere.
 */
final class KeyCache {

    static final Duration OUTAGE = Duration.ofMinutes(1);

    private static final int KEYS = 20_000;

    /** @param changes how often settings had changed @param held when it was last known to hold */
    private record Known(Entry entry, long changes, Instant held) {
    }

    private final LongSupplier changes;
    private final InstantSource clock;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEYS;
        }
    };

    /** How often a key was forgotten: what was read before that and comes after it is not kept. Guarded by the map. */
    private long forgotten;
    /** While the database does not answer: when it is asked again. */
    private volatile Instant patience = Instant.MIN;

    /** @param changes how often settings have changed, a moment ago; fails while the database does not answer */
    KeyCache(LongSupplier changes, InstantSource clock) {
        this.changes = changes;
        this.clock = clock;
    }

    /** The key, read anew if settings have changed. @param truth reads it; called without a lock; may fail */
    Optional<Entry> find(String keyId, Function<String, Optional<Entry>> truth) {
        Instant now = clock.instant();
        Optional<Known> found;
        long before;
        synchronized (known) {
            before = forgotten;
            found = Optional.ofNullable(known.get(keyId));
        }
        Optional<Known> recent = found.filter(key -> now.isBefore(key.held().plus(OUTAGE)));
        if (recent.isPresent() && now.isBefore(patience)) {
            return recent.map(Known::entry);
        }
        try {
            // Before the reading: what is read may be as old as its beginning.
            long changed = changes.getAsLong();
            Optional<Entry> entry = found.isPresent() && found.get().changes() == changed ? found.map(Known::entry) : truth.apply(keyId);
            synchronized (known) {
                if (before == forgotten) {
                    entry.ifPresentOrElse(is -> known.put(keyId, new Known(is, changed, now)), () -> known.remove(keyId));
                }
            }
            return entry;
        } catch (RuntimeException e) {
            patience = now.plus(Changes.BELIEF);
            return Optional.of(recent.orElseThrow(() -> e).entry());
        }
    }

    /** All that is believed is to be read again. */
    void forget() {
        synchronized (known) {
            forgotten++;
            known.clear();
        }
    }

    void forget(String keyId) {
        synchronized (known) {
            forgotten++;
            known.remove(keyId);
        }
    }
}
