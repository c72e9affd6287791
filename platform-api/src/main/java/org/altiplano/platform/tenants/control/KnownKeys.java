package org.altiplano.platform.tenants.control;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.security.web.KeyDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for the keys that callers send, from memory where it may; any thread. Collects when each was last used, and
 * a managed thread writes that down.
 */
@ApplicationScoped
public class KnownKeys implements KeyDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(KnownKeys.class);
    private static final long PERIOD_SECONDS = 5;

    @Inject
    private ApiKeys keys;
    @Inject
    private InstantSource clock;
    @Resource
    private ManagedScheduledExecutorService scheduler;
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();
    private KeyCache cache;
    private KeyReadings readings;
    private ScheduledFuture<?> writing;

    @PostConstruct
    void start() {
        cache = new KeyCache(clock);
        readings = new KeyReadings(this::read, System::nanoTime);
        writing = scheduler.scheduleWithFixedDelay(this::writeUses, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    /** The uses of the last seconds are lost: the database is closed before. */
    @PreDestroy
    void stop() {
        writing.cancel(false);
    }

    @Override
    public Optional<Entry> find(String keyId) {
        return cache.find(keyId, readings::read);
    }

    private Map<String, Entry> read(Collection<String> ids) {
        return keys.find(ids).stream().filter(key -> key.revokedAt().isEmpty()).collect(Collectors.toMap(KeyRecord::id, KnownKeys::entry));
    }

    @Override
    public void used(String keyId) {
        uses.put(keyId, clock.instant());
    }

    /** To be told of a key that has changed here: the next request is judged by what it is now. */
    public void changed(String keyId) {
        cache.forget(keyId);
    }

    private void writeUses() {
        Map<String, Instant> written = Map.copyOf(uses);
        if (written.isEmpty()) {
            return;
        }
        try {
            keys.used(written);
            // A use that came meanwhile has another time, and stays for the next round.
            written.forEach(uses::remove);
        } catch (RuntimeException e) {
            // Kept for the next round; a scheduled task that throws would have none.
            LOG.warn("When keys were last used could not be written down: {}", e.toString());
        }
    }

    private static Entry entry(KeyRecord key) {
        return new Entry(key.hash(), key.caller(), key.limits());
    }
}
