package org.altiplano.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Owns {@code run/<worker>.json} in the platform's home, which says that the worker is up and where; from
 * {@link #write} to {@link #delete}, by one thread at a time.
 */
final class RunFile {

    private final Path file;

    RunFile(Path home, String worker) {
        this.file = home.resolve("run").resolve(worker + ".json");
    }

    /** Readers see the whole file or none. */
    void write(long pid, int grpcPort, int clusterPort) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, "{\"pid\":" + pid + ",\"grpcPort\":" + grpcPort + ",\"clusterPort\":" + clusterPort + "}\n");
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
