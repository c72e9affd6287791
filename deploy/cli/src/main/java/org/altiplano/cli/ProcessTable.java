package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Owns the records of the processes that {@code up} started and {@code down} has not ended: files in {@code run/}. */
final class ProcessTable {

    private static final String SUFFIX = ".process.json";

    private final Path folder;

    ProcessTable(Home home) {
        this.folder = home.run();
    }

    /** All records, workers first; a process may have ended by itself since. */
    List<ManagedProcess> all() {
        List<ManagedProcess> processes = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                files.forEach(file -> processes.add(ManagedProcess.read(file)));
            } catch (IOException failure) {
                throw new CommandFailure("Cannot read " + folder + ": " + failure.getMessage(), failure);
            }
        }
        processes.sort(Comparator.comparing((ManagedProcess process) -> !process.isWorker())
                .thenComparing(process -> process.name().length()).thenComparing(ManagedProcess::name));
        return processes;
    }

    List<ManagedProcess> alive() {
        return all().stream().filter(ManagedProcess::isAlive).toList();
    }

    Optional<ManagedProcess> alive(String name) {
        return alive().stream().filter(process -> process.name().equals(name)).findFirst();
    }

    void add(ManagedProcess process) {
        process.write(file(process));
    }

    /** Forgets this process, and not one that was started later under its name. */
    void remove(ManagedProcess process) {
        try {
            if (Files.exists(file(process)) && ManagedProcess.read(file(process)).equals(process)) {
                Files.deleteIfExists(file(process));
            }
        } catch (IOException failure) {
            throw new CommandFailure("Cannot delete " + file(process) + ": " + failure.getMessage(), failure);
        }
    }

    private Path file(ManagedProcess process) {
        return folder.resolve(process.name() + SUFFIX);
    }
}
