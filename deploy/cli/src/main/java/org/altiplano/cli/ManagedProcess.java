package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A worker, gateway or Keycloak that {@code up} started.
 *
 * @param name {@code gateway}, {@code keycloak} or {@code worker-1}, {@code worker-2}...
 * @param identity which process it is or was
 * @param startedAt when
 */
record ManagedProcess(String name, ProcessIdentity identity, Instant startedAt) {

    static final String GATEWAY = "gateway";
    static final String KEYCLOAK = "keycloak";
    private static final String WORKER = "worker-";

    static String worker(int number) {
        return WORKER + number;
    }

    boolean isWorker() {
        return name.startsWith(WORKER);
    }

    boolean isAlive() {
        return identity.isAlive();
    }

    void write(Path file) {
        PrivateFile.write(file, Json.bytes(Json.object().put("name", name).put("pid", identity.pid())
                .put("started", identity.started()).put("startedAt", startedAt.toString())));
    }

    static ManagedProcess read(Path file) {
        try {
            JsonNode json = Json.read(file);
            return new ManagedProcess(json.required("name").asText(),
                    new ProcessIdentity(json.required("pid").asLong(), json.required("started").asText()),
                    Instant.parse(json.required("startedAt").asText()));
        } catch (IOException | RuntimeException unreadable) {
            throw new CommandFailure("Cannot read " + file + " (" + unreadable.getMessage()
                    + "): delete it if the process that it names is gone.", unreadable);
        }
    }
}
