package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.altiplano.engine.model.Dtype;

/** A process that imports a checkpoint as {@code m} and stops half-way until its input ends: something to kill. */
final class PausingImport {

    private PausingImport() {
    }

    /** @param args store and checkpoint */
    public static void main(String[] args) throws IOException {
        new ModelStore(Path.of(args[0])).importModel(new ImportRequest(Path.of(args[1]), "m", Dtype.Q8, Optional.empty()),
                (phase, done, total) -> {
                    if (phase.equals("Computing checksums")) {
                        System.out.println("half-way");
                        waitForEnd();
                    }
                });
    }

    /** Returns when it is half-way. */
    static Process start(Path store, Path checkpoint) throws IOException {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), PausingImport.class.getName(), store.toString(), checkpoint.toString());
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = process.inputReader().readLine();
        if (!"half-way".equals(line)) {
            throw new IOException("The importing process said " + line + ".");
        }
        return process;
    }

    private static void waitForEnd() {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
