package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Path;

/** How much room there is where a folder lies. */
@FunctionalInterface
interface Disk {

    /** Below this a failed write is put down to the disk. */
    long FULL = 4L << 20;

    long freeBytes(Path folder) throws IOException;

    /** Refuses what will not fit. */
    default void check(Path folder, String purpose, long needed) throws IOException {
        long free = freeBytes(folder);
        if (free < needed) {
            throw new IOException(purpose + " needs " + mebibytes(needed) + " MiB of disk space in " + folder + ", but only "
                    + free / (1 << 20) + " MiB are free.");
        }
    }

    /** The failure of a write, named for what it is where the disk is full. */
    default IOException explain(Path folder, String purpose, IOException failure) throws IOException {
        return freeBytes(folder) >= FULL ? failure
                : new IOException(purpose + " failed because the disk of " + folder + " is full.", failure);
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) / (1 << 20);
    }
}
