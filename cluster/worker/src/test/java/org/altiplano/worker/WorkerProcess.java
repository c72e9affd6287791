package org.altiplano.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Owns a real worker process with a home of its own; closing kills it. */
final class WorkerProcess implements AutoCloseable {

    private final Process process;
    private final Path home;
    private final Path stderr;

    private WorkerProcess(Process process, Path home, Path stderr) {
        this.process = process;
        this.home = home;
        this.stderr = stderr;
    }

    static WorkerProcess start(Path home, Map<String, String> settings) throws IOException {
        Path stderr = Files.createTempFile(home, "worker", ".log");
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx512m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), WorkerMain.class.getName());
        Map<String, String> environment = new HashMap<>(settings);
        environment.putIfAbsent("ALTIPLANO_HOME", home.toString());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(stderr.toFile());
        return new WorkerProcess(builder.start(), home, stderr);
    }

    /** What its run file says under that key; empty until it is up. */
    Optional<Integer> running(String key) throws IOException {
        Path file = home.resolve("run/worker-1.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher entry = Pattern.compile("\"" + key + "\":(\\d+)").matcher(Files.readString(file));
        return entry.find() ? Optional.of(Integer.parseInt(entry.group(1))) : Optional.empty();
    }

    void awaitUp() throws IOException, InterruptedException {
        for (int i = 0; i < 1_200 && running("pid").isEmpty(); i++) {
            if (!process.isAlive()) {
                throw new AssertionError("the worker ended: " + said());
            }
            Thread.sleep(50);
        }
    }

    long pid() {
        return process.pid();
    }

    /** SIGTERM. */
    void end() {
        process.destroy();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the worker did not end: " + said());
        }
        return process.exitValue();
    }

    List<String> said() {
        try {
            return Files.readAllLines(stderr, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
