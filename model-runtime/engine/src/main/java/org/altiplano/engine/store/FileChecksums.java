package org.altiplano.engine.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.altiplano.engine.store.ModelManifest.StoredFile;

/** Describes files of the store, reading several at once. */
final class FileChecksums {

    private static final int REPORT_MILLIS = 200;

    private FileChecksums() {
    }

    /** The files with their sizes and checksums, in the same order. */
    static List<StoredFile> of(List<Path> files, int threads, Progress progress) throws IOException {
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        AtomicLong read = new AtomicLong();
        ExecutorService readers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<StoredFile>> pending = new ArrayList<>();
            for (Path file : files) {
                pending.add(readers.submit(() -> describe(file, read)));
            }
            List<StoredFile> described = new ArrayList<>();
            for (Future<StoredFile> each : pending) {
                while (!isDone(each)) {
                    progress.report("Computing checksums", read.get(), total);
                }
                described.add(each.get());
            }
            progress.report("Computing checksums", total, total);
            return described;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The import was interrupted.");
        } finally {
            readers.shutdownNow();
        }
    }

    private static StoredFile describe(Path file, AtomicLong read) throws IOException {
        AtomicLong before = new AtomicLong();
        String sha256 = Sha256.of(file, done -> read.addAndGet(done - before.getAndSet(done)));
        return new StoredFile(file.getFileName().toString(), Files.size(file), sha256);
    }

    /** Waits a moment for it. */
    private static boolean isDone(Future<?> pending) throws InterruptedException, ExecutionException {
        try {
            pending.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
