package org.altiplano.worker;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.altiplano.grid.WorkerSettings;

/**
 * All settings of a worker process.
 *
 * @param home folder of the platform's files; models are in {@code models} below it
 * @param imports where checkpoints may be taken from for whoever asks over the network
 * @param kvBytes KV memory for each model; absent: as much as suits the model and the machine
 * @param node name and addresses
 */
record WorkerEnvironment(Path home, ImportFolder imports, OptionalLong kvBytes, WorkerSettings node) {

    /**
     * Reads {@code ALTIPLANO_HOME} (.altiplano in the user's home), {@code ALTIPLANO_IMPORT_FOLDER} (import in the home),
     * {@code ALTIPLANO_KV_MEMORY_MB} (none) and the variables of {@link WorkerSettings#fromEnvironment}.
     *
     * @throws IllegalArgumentException if one is malformed; the message names it
     */
    static WorkerEnvironment parse(Map<String, String> environment, Path userHome) {
        String named = environment.getOrDefault("ALTIPLANO_HOME", "").strip();
        Path home = named.isEmpty() ? userHome.resolve(".altiplano") : Path.of(named);
        String imports = environment.getOrDefault("ALTIPLANO_IMPORT_FOLDER", "").strip();
        return new WorkerEnvironment(home, new ImportFolder(imports.isEmpty() ? home.resolve("import") : Path.of(imports)),
                kvBytes(environment.getOrDefault("ALTIPLANO_KV_MEMORY_MB", "").strip()),
                WorkerSettings.fromEnvironment(environment));
    }

    private static OptionalLong kvBytes(String megabytes) {
        if (megabytes.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!megabytes.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("ALTIPLANO_KV_MEMORY_MB: " + megabytes + " is no number of megabytes.");
        }
        return OptionalLong.of(Long.parseLong(megabytes) << 20);
    }
}
