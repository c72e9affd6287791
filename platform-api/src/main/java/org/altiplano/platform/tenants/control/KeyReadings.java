package org.altiplano.platform.tenants.control;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.altiplano.platform.database.control.Together;
import org.altiplano.security.web.KeyDirectory.Entry;

/**
 * Owns the readings of keys from the database; any thread. Threads that ask at the same moment are answered by one query. After a
 * reading that did not find a key the next begins {@link #PAUSE} later: however many made-up keys come, the database is asked 500
 * times a second at most, and a key that is new is found all the same.
 */
final class KeyReadings {

    static final Duration PAUSE = Duration.ofMillis(2);
    private static final int MOST = 500;

    private final Function<Collection<String>, Map<String, Entry>> truth;
    private final LongSupplier nanoTime;
    private final Together<String, Optional<Entry>> readings = new Together<>(MOST, this::readAll);
    // Used by whoever reads, one at a time.
    private boolean pauses;
    private long notBefore;

    /** @param truth reads keys by their ids; gives those that there are */
    KeyReadings(Function<Collection<String>, Map<String, Entry>> truth, LongSupplier nanoTime) {
        this.truth = truth;
        this.nanoTime = nanoTime;
    }

    Optional<Entry> read(String keyId) {
        return readings.ask(keyId);
    }

    private List<Optional<Entry>> readAll(List<String> keyIds) {
        if (pauses) {
            LockSupport.parkNanos(notBefore - nanoTime.getAsLong());
        }
        Map<String, Entry> found = truth.apply(keyIds.stream().distinct().toList());
        pauses = !found.keySet().containsAll(keyIds);
        notBefore = nanoTime.getAsLong() + PAUSE.toNanos();
        return keyIds.stream().map(id -> Optional.ofNullable(found.get(id))).toList();
    }
}
