package org.altiplano.engine.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Owns a hidden folder of the store in which one model is prepared, on the thread that claimed it. A lock on a file in it
 * says to other processes that its owner lives; the system drops the lock when the owner dies, and the next claim then
 * clears the folder away.
 */
final class Workspace implements Closeable {

    private static final String IMPORT = ".import-";
    private static final String DOWNLOAD = ".download-";
    private static final String REMOVED = ".removed-";
    private static final String LOCK = "lock";

    /**
     * Workspaces of this process, guarded by the store's lock. POSIX drops a process's locks on a file when it closes any
     * channel to that file, so a lock of our own must not even be tried.
     */
    private static final Set<Path> OWN = new HashSet<>();

    private final Path store;
    private final Path folder;
    private final FileChannel channel;
    private final boolean kept;

    private Workspace(Path store, Path folder, FileChannel channel, boolean kept) {
        this.store = store;
        this.folder = folder;
        this.channel = channel;
        this.kept = kept;
    }

    /** An empty folder for an import; deleted when closed. */
    static Workspace forImport(Path store, String model) throws IOException {
        return claim(store, IMPORT + model, false, "The model " + model + " is being imported already.");
    }

    /** A folder for a download, with what an earlier one left in it; stays when closed. */
    static Workspace forDownload(Path store, String model) throws IOException {
        return claim(store, DOWNLOAD + model, true, "The model " + model + " is being downloaded already.");
    }

    /** Where a model goes before it is deleted. */
    static Path forRemoval(StoreLock lock, String model) throws IOException {
        clearAbandoned(lock);
        return lock.store().resolve(REMOVED + model);
    }

    Path folder() {
        return folder;
    }

    /** Deletes the folder and what it holds. */
    void delete() throws IOException {
        deleteTree(folder);
    }

    @Override
    public void close() throws IOException {
        try (StoreLock lock = StoreLock.acquire(store)) {
            OWN.remove(folder);
            channel.close();
            if (!kept) {
                deleteTree(lock.store().resolve(folder.getFileName()));
            }
        }
    }

    /** Deletes what killed imports and removals left. */
    static void clearAbandoned(StoreLock lock) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(lock.store(), "{" + IMPORT + "," + REMOVED + "}*")) {
            for (Path folder : folders) {
                if (!OWN.contains(folder) && isAbandoned(folder)) {
                    deleteTree(folder);
                }
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    private static Workspace claim(Path store, String name, boolean kept, String taken) throws IOException {
        try (StoreLock lock = StoreLock.acquire(store)) {
            clearAbandoned(lock);
            Path folder = lock.store().resolve(name);
            if (OWN.contains(folder)) {
                throw new IOException(taken);
            }
            Files.createDirectories(folder);
            FileChannel channel = openLock(folder);
            FileLock fileLock = channel.tryLock();
            if (fileLock == null) {
                channel.close();
                throw new IOException(taken);
            }
            OWN.add(folder);
            return new Workspace(store, folder, channel, kept);
        }
    }

    private static boolean isAbandoned(Path folder) throws IOException {
        try (FileChannel channel = openLock(folder)) {
            return channel.tryLock() != null;
        }
    }

    private static FileChannel openLock(Path folder) throws IOException {
        return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }
}
