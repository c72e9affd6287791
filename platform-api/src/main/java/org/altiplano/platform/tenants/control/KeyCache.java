package org.altiplano.platform.tenants.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.altiplano.security.web.KeyDirectory.Entry;

/**
 * Owns what this gateway believes of the keys that it has seen; any thread. It believes nothing for longer than
 * {@link #BELIEF}, which bounds how long a key outlives its revocation at another gateway; but while the database does not
 * answer, which it is asked once in that time, it goes on with what it read within the last {@link #OUTAGE}. Only keys that
 * exist are remembered, so that made-up ones cannot fill the memory and a new key works at once everywhere.
 */
final class KeyCache {

    static final Duration BELIEF = Duration.ofSeconds(2);

    static final Duration OUTAGE = Duration.ofMinutes(1);

    private static final int KEYS = 20_000;

    /** @param until when it is to be read again */
    private record Known(Entry entry, Instant read, Instant until) {
    }

    private final InstantSource clock;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEYS;
        }
    };

    /** How often a key was forgotten: what was read before that and comes after it is not kept. Guarded by the map. */
    private long changes;

    KeyCache(InstantSource clock) {
        this.clock = clock;
    }

    /** The key, read anew if it was read too long ago. @param truth reads it; called without a lock; may fail */
    Optional<Entry> find(String keyId, Function<String, Optional<Entry>> truth) {
        // Before the reading: what was read may be as old as its beginning.
        Instant now = clock.instant();
        Optional<Known> found;
        long before;
        synchronized (known) {
            before = changes;
            found = Optional.ofNullable(known.get(keyId));
        }
        if (found.filter(key -> now.isBefore(key.until())).isPresent()) {
            return found.map(Known::entry);
        }
        try {
            Optional<Entry> read = truth.apply(keyId);
            synchronized (known) {
                if (before != changes) {
                    return read;
                }
                read.ifPresentOrElse(entry -> known.put(keyId, new Known(entry, now, now.plus(BELIEF))), () -> known.remove(keyId));
            }
            return read;
        } catch (RuntimeException e) {
            Known last = found.filter(key -> now.isBefore(key.read().plus(OUTAGE))).orElseThrow(() -> e);
            synchronized (known) {
                known.replace(keyId, last, new Known(last.entry(), last.read(), now.plus(BELIEF)));
            }
            return Optional.of(last.entry());
        }
    }

    /** All that is believed is to be read again. */
    void forget() {
        synchronized (known) {
            changes++;
            known.clear();
        }
    }

    void forget(String keyId) {
        synchronized (known) {
            changes++;
            known.remove(keyId);
        }
    }
}
