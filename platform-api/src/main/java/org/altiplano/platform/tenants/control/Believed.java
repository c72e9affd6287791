package org.altiplano.platform.tenants.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.security.identity.LastTouched;

/**
 * Owns what this gateway believes of those who call, such as of their keys, for as long as the settings in the database do not change;
 * any thread. How soon it learns of a change bounds how long a key outlives its revocation at another gateway; but while the database
 * does not answer, which it is asked once in that time, it goes on with what held within the last {@link #OUTAGE}. Only what exists is
 * remembered, so that made-up keys cannot fill the memory and a new one works at once everywhere.
 */
final class Believed<V> {

    static final Duration OUTAGE = Duration.ofMinutes(1);

    private static final int MOST = 20_000;

    /** @param changes how often settings had changed @param held when it was last known to hold */
    private record Known<V>(V value, long changes, Instant held) {
    }

    private final LongSupplier changes;
    private final InstantSource clock;
    private final Map<String, Known<V>> known = new LastTouched<>(MOST);
    /** How often something was forgotten: what was read before that and comes after it is not kept. Guarded by the map. */
    private long forgotten;
    /** While the database does not answer: when it is asked again. */
    private volatile Instant patience = Instant.MIN;

    Believed(Database database, InstantSource clock) {
        this(() -> database.changes().count(), clock);
    }

    /** @param changes how often settings have changed, a moment ago; fails while the database does not answer */
    Believed(LongSupplier changes, InstantSource clock) {
        this.changes = changes;
        this.clock = clock;
    }

    /** What is of this id, read anew if settings have changed. @param truth reads it; called without a lock; may fail */
    Optional<V> find(String id, Function<String, Optional<V>> truth) {
        Instant now = clock.instant();
        Optional<Known<V>> found;
        long before;
        synchronized (known) {
            before = forgotten;
            found = Optional.ofNullable(known.get(id));
        }
        Optional<Known<V>> recent = found.filter(one -> now.isBefore(one.held().plus(OUTAGE)));
        if (recent.isPresent() && now.isBefore(patience)) {
            return recent.map(Known::value);
        }
        try {
            // Before the reading: what is read may be as old as its beginning.
            long changed = changes.getAsLong();
            Optional<V> value = found.isPresent() && found.get().changes() == changed ? found.map(Known::value) : truth.apply(id);
            synchronized (known) {
                if (before == forgotten) {
                    value.ifPresentOrElse(is -> known.put(id, new Known<>(is, changed, now)), () -> known.remove(id));
                }
            }
            return value;
        } catch (RuntimeException e) {
            patience = now.plus(Changes.BELIEF);
            return Optional.of(recent.orElseThrow(() -> e).value());
        }
    }

    /** All that is believed is to be read again. */
    void forget() {
        synchronized (known) {
            forgotten++;
            known.clear();
        }
    }

    void forget(String id) {
        synchronized (known) {
            forgotten++;
            known.remove(id);
        }
    }
}
