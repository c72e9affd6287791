package org.altiplano.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.altiplano.contract.ModelSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns one process of {@link StoreMain}, from start to its end; listened to by one thread, ended from any. */
final class StoreProcess {

    private static final Logger LOG = LoggerFactory.getLogger(StoreProcess.class);
    private static final Path NICE = Path.of("/usr/bin/nice");
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;

    private StoreProcess(Process process) {
        this.process = process;
    }

    /** @param checkpoint what a folder's path stands for on this machine */
    static StoreProcess start(Path store, ModelSource source, Optional<Path> checkpoint) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "10"));
        }
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                StoreMain.class.getName(), store.toString()));
        if (source instanceof ModelSource.Folder folder) {
            command.addAll(List.of("import", folder.name(), folder.dtype(), folder.chatTemplate().orElse(""), checkpoint.orElseThrow().toString()));
        } else {
            command.addAll(List.of("pull", source.name()));
        }
        return new StoreProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /**
     * Hears it to its end.
     *
     * @return why it failed, as a sentence; empty if the model is in the store
     */
    Optional<String> hear(Consumer<StoreLine> progress) throws IOException, InterruptedException {
        Optional<String> failure = Optional.empty();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Optional<StoreLine> said = StoreLine.parse(line);
                if (said.flatMap(StoreLine::failure).isPresent()) {
                    failure = said.get().failure();
                } else {
                    said.ifPresent(progress);
                }
            }
        }
        int status = process.waitFor();
        return failure.isPresent() || status == 0 ? failure : Optional.of("The process that stored it ended with status " + status + ".");
    }

    /** Has it end; it clears up what it began. Returns at once. */
    void end() {
        process.destroy();
    }

    /** Waits until it has ended, and no longer than that may take. */
    void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The process {} that stores a model does not end; it is killed.", process.pid());
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
