package org.altiplano.platform.tenants.control;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.security.web.KeyDirectory;

/**
 * Answers for the keys that callers send, from memory where it may; any thread. Collects when each was last used
 * and which are to be hashed anew, and a managed thread writes that down; what the last seconds before the end have shown is lost.
 */
@ApplicationScoped
public class KnownKeys implements KeyDirectory {

    private static final Duration PERIOD = Duration.ofSeconds(5);

    /** What is to be kept of a key in place of what was. */
    private record Rehash(String old, String hash) {
    }

    @Inject
    private Database database;
    @Inject
    private ApiKeys keys;
    @Inject
    private KeyUses lastUses;
    @Inject
    private InstantSource clock;
    @Inject
    private PeriodicTasks tasks;
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();
    private final Map<String, Rehash> rehashes = new ConcurrentHashMap<>();
    private Believed<Entry> believed;
    private KeyReadings readings;

    @PostConstruct
    void start() {
        believed = new Believed<>(database, clock);
        readings = new KeyReadings(this::read, System::nanoTime);
        // What could not be written is kept for the next round.
        tasks.every(PERIOD, this::write, "What the use of keys has shown could not be written down");
    }

    @Override
    public Optional<Entry> find(String keyId) {
        return believed.find(keyId, readings::read);
    }

    /** Of made-up keys no more is asked than whether they are there. */
    private Map<String, Entry> read(Collection<String> ids) {
        List<String> there = database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select id from api_key where id = any(?)")) {
                Parameters.set(select, (Object) ids.toArray(String[]::new));
                List<String> found = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.add(row.getString(1));
                    }
                }
                return found;
            }
        });
        return there.isEmpty() ? Map.of() : keys.find(there).stream().filter(key -> key.revokedAt().isEmpty()).collect(Collectors.toMap(KeyRecord::id, KnownKeys::entry));
    }

    @Override
    public void used(String keyId) {
        uses.put(keyId, clock.instant());
    }

    @Override
    public void rehashed(String keyId, String old, String hash) {
        rehashes.put(keyId, new Rehash(old, hash));
    }

    /** To be told of a key that has changed here: the next request is judged by what it is now. */
    public void changed(String keyId) {
        believed.forget(keyId);
    }

    /** To be told when keys have changed here, whichever. */
    public void changed() {
        believed.forget();
    }

    private void write() {
        writeUses();
        writeRehashes();
    }

    private void writeUses() {
        Map<String, Instant> written = Map.copyOf(uses);
        if (!written.isEmpty()) {
            lastUses.write(written);
            // A use that came meanwhile has another time, and stays for the next round.
            written.forEach(uses::remove);
        }
    }

    private void writeRehashes() {
        Map.copyOf(rehashes).forEach((keyId, rehash) -> {
            keys.rehash(keyId, rehash.old(), rehash.hash());
            rehashes.remove(keyId, rehash);
            // What is believed of it would have it hashed again and again.
            believed.forget(keyId);
        });
    }

    private static Entry entry(KeyRecord key) {
        return new Entry(key.hash(), key.caller(), key.limits());
    }
}
