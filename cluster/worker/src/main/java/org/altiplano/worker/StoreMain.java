package org.altiplano.worker;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelDownload;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;

/**
 * The process that brings one model into a store for a worker: apart, so that a hostile checkpoint or one that needs too much memory
 * costs the worker nothing, and behind it in the claim to the cores. Its arguments are the store's folder, then {@code pull NAME} or
 * {@code import NAME DTYPE TEMPLATE PATH}, where an empty TEMPLATE leaves that to the checkpoint. On standard output it tells lines
 * of {@link StoreLine}. It ends on SIGTERM, and when its worker is gone and with it the other end of its standard input.
 */
public final class StoreMain {

    private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PATIENCE_MILLIS = 5_000;
    private static final int GONE = 143;

    private StoreMain() {
    }

    public static void main(String[] arguments) {
        Thread working = Thread.currentThread();
        // The store's own clearing up runs on the working thread, and ends a download that pip does.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(working), "ending"));
        Thread watch = new Thread(StoreMain::awaitWorkersEnd, "worker-watch");
        watch.setDaemon(true);
        watch.start();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            run(arguments, new Telling(out));
        } catch (IOException | RuntimeException | Error failure) {
            out.println(StoreLine.failed(failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        }
    }

    private static void run(String[] arguments, Progress progress) throws IOException {
        ModelStore store = new ModelStore(Path.of(arguments[0]));
        if (arguments[1].equals("pull")) {
            new ModelDownload(store).pull(arguments[2], progress);
        } else {
            store.importModel(new ImportRequest(Path.of(arguments[5]), arguments[2], Dtype.ofWord(arguments[3]),
                    Optional.of(arguments[4]).filter(template -> !template.isEmpty())), progress);
        }
    }

    private static void end(Thread working) {
        working.interrupt();
        try {
            working.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitWorkersEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever said.
            }
        } catch (IOException broken) {
            // As good as its end.
        }
        System.exit(GONE);
    }

    /** Tells how far it is, a few times a second and with every new phase. */
    private static final class Telling implements Progress {

        private final PrintStream out;
        private String lastPhase = "";
        private long lastAt;

        Telling(PrintStream out) {
            this.out = out;
        }

        @Override
        public synchronized void report(String phase, long done, long total) {
            long now = System.nanoTime();
            if (!phase.equals(lastPhase) || now - lastAt >= REPORT_NANOS) {
                out.println(StoreLine.progress(phase, done, total));
                lastPhase = phase;
                lastAt = now;
            }
        }
    }
}
