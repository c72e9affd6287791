package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Owns a home of its own and what runs in it, on the test's thread: real processes, started and ended through the
 * launcher of the distribution as a user would.
 */
final class Platform implements AutoCloseable {

    /** The model that answers in words. */
    static final String CHAT_MODEL = "smollm2-135m-instruct";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 240;

    private final Path home;
    private final Map<String, String> environment;

    private Platform(Path home, Map<String, String> environment) {
        this.home = home;
        this.environment = environment;
    }

    /** A platform with an empty home, not yet up. */
    static Platform named(String name) {
        return named(name, Map.of());
    }

    /** @param environment of all its commands, and so of what they start */
    static Platform named(String name, Map<String, String> environment) {
        Path home = Path.of(System.getProperty("altiplano.work"), "homes", name);
        try (Stream<Path> old = Files.exists(home) ? Files.walk(home) : Stream.empty()) {
            for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
            Files.createDirectories(home);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new Platform(home, environment);
    }

    /**
     * What a command did.
     *
     * @param status exit code
     */
    record Outcome(int status, String out, String err) {

        JsonNode json() {
            return tree(out);
        }
    }

    /** Runs a command to its end, whatever that is. */
    Outcome run(String... words) {
        try {
            return finished(start(Map.of(), words));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Runs a command to its end under conditions that a shell makes first.
     *
     * @param conditions a line of shell, such as {@code ulimit -f 1000}
     */
    Outcome runUnder(String conditions, String... words) {
        try {
            return finished(launch(Map.of(), List.of("unshare", "--user", "--map-root-user", "--mount", "bash", "-c",
                    "set -e; " + conditions + "; exec \"$@\"", "bash"), words));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs a command that must succeed. */
    Outcome must(String... words) {
        Outcome outcome = run(words);
        assertEquals(0, outcome.status(), () -> String.join(" ", words) + ": " + outcome.err() + outcome.out() + logs());
        return outcome;
    }

    /** Starts a command; its outputs go to files that {@link #finished} reads. */
    Process start(Map<String, String> environment, String... words) throws IOException {
        return launch(environment, List.of(), words);
    }

    private Process launch(Map<String, String> environment, List<String> wrapper, String... words) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(System.getProperty("altiplano.launcher"));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        builder.environment().put("ALTIPLANO_HOME", home.toString());
        builder.environment().put("ALTIPLANO_KV_MEMORY_MB", "384");
        builder.environment().putAll(this.environment);
        builder.environment().putAll(environment);
        builder.redirectOutput(home.resolve("test.out").toFile()).redirectError(home.resolve("test.err").toFile());
        return builder.start();
    }

    Outcome finished(Process process) throws IOException {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("A command did not end: " + Files.readString(home.resolve("test.err")) + logs());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
        return new Outcome(process.exitValue(), Files.readString(home.resolve("test.out")),
                Files.readString(home.resolve("test.err")));
    }

    Path home() {
        return home;
    }

    JsonNode credentials() {
        return read("credentials.json");
    }

    String key() {
        return credentials().path("apiKey").asText();
    }

    int port() {
        return read("run/ports.json").path("httpPort").asInt();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + port();
    }

    Api api() {
        return new Api(baseUrl(), key(), credentials().path("adminUser").asText(),
                credentials().path("adminPassword").asText());
    }

    /** The process of this name, such as {@code worker-1}. */
    ProcessHandle process(String name) {
        return StreamSupport.stream(must("status", "--json").json().path("processes").spliterator(), false)
                .filter(process -> process.path("name").asText().equals(name))
                .map(process -> ProcessHandle.of(process.path("pid").asLong()).orElseThrow()).findFirst().orElseThrow();
    }

    /** Whether a process does anything still; where nobody asks for its end it stays as a zombie. */
    static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return process.isAlive() && !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException gone) {
            return false;
        }
    }

    private JsonNode read(String file) {
        try {
            return tree(Files.readString(home.resolve(file)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException noJson) {
            throw new AssertionError("Not JSON: " + text, noJson);
        }
    }

    /** What Open Liberty found worth a report of its own (FFDC): each is a failure that nobody took care of. */
    List<Path> incidents() {
        Path reports = home.resolve("logs").resolve("ffdc");
        try (Stream<Path> files = Files.exists(reports) ? Files.list(reports) : Stream.empty()) {
            return files.sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The ends of the logs, for the report of a failure. */
    private String logs() {
        var text = new StringBuilder();
        for (String name : List.of("worker-1", "worker-2", "gateway", "keycloak")) {
            Path log = home.resolve("logs").resolve(name + ".log");
            if (Files.exists(log)) {
                try {
                    List<String> lines = Files.readAllLines(log);
                    text.append("\n==> ").append(name).append("\n")
                            .append(String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
                } catch (IOException unreadable) {
                    text.append(unreadable);
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        run("down");
    }
}
