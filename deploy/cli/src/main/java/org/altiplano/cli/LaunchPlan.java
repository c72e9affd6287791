package org.altiplano.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start one process of the platform.
 *
 * @param name as in {@link ManagedProcess}
 * @param command program and arguments
 * @param environment added to the user's own
 * @param log where its output goes
 */
record LaunchPlan(String name, List<String> command, Map<String, String> environment, Path log) {

    /** What a log's line begins with when its process is started. */
    static final String START = "--- ";

    private static final long LARGE_LOG = 10_000_000;

    LaunchPlan {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The same with one more variable in its environment. */
    LaunchPlan with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new LaunchPlan(name, command, more, log);
    }

    /** Starts the process in a session of its own, so that it outlives the terminal and its Ctrl-C. */
    ManagedProcess launch(Instant now) {
        try {
            keepLogSmall();
            List<String> detached = new ArrayList<>(List.of("setsid"));
            detached.addAll(command);
            var builder = new ProcessBuilder(detached);
            builder.environment().putAll(environment);
            builder.redirectInput(new File("/dev/null"));
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            Files.writeString(log, START + name + " starts at " + now + System.lineSeparator(),
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            long pid = builder.start().pid();
            return new ManagedProcess(name, ProcessIdentity.of(pid).orElseThrow(() ->
                    new CommandFailure(name + " ended at once: see " + log)), now);
        } catch (IOException failure) {
            throw new CommandFailure(name + " could not be started: " + failure.getMessage(), failure);
        }
    }

    private void keepLogSmall() throws IOException {
        if (Files.exists(log) && Files.size(log) > LARGE_LOG) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
