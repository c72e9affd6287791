package org.altiplano.engine.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Owns the right to rename and delete folders of a store, on one thread: against other threads of this process by a lock
 * of Java's, against other processes by a lock on the store's file {@code .lock}. Held for moments only.
 */
final class StoreLock implements Closeable {

    /** File locks belong to the process, so its threads need a lock of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path store;
    private final FileChannel channel;

    private StoreLock(Path store, FileChannel channel) {
        this.store = store;
        this.channel = channel;
    }

    /** Waits until the store is free; creates its folder where there is none. */
    static StoreLock acquire(Path store) throws IOException {
        THREADS.lock();
        try {
            Files.createDirectories(store);
            FileChannel channel = FileChannel.open(store.resolve(".lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            channel.lock();
            return new StoreLock(store, channel);
        } catch (IOException | RuntimeException | Error e) {
            THREADS.unlock();
            throw e;
        }
    }

    /** The store that is locked. */
    Path store() {
        return store;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            THREADS.unlock();
        }
    }
}
