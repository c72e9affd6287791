package org.altiplano.grid;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.altiplano.contract.ScriptedModelStorage;

/**
 * A worker without a model: a real node of the grid over a script. Started in this process, or as a process of its own
 * that a test may kill or stop.
 *
 * <p>As a process it takes the variables of {@link WorkerSettings#fromEnvironment} and, beside these,
 * {@code SCRIPT_STORED} (comma list of models), {@code SCRIPT_PIECES} (number of pieces), {@code SCRIPT_PERIOD_MS} and
 * {@code SCRIPT_MAX_MODEL_LEN}. When it is up it prints a line {@code UP grpcPort clusterPort}.
 */
final class ScriptedWorker implements AutoCloseable {

    private final ScriptedHost host;
    private final ScriptedModelStorage storage;
    private final WorkerNode node;

    private ScriptedWorker(ScriptedHost host, ScriptedModelStorage storage, WorkerNode node) {
        this.host = host;
        this.storage = storage;
        this.node = node;
    }

    /** A worker in this process, on any free ports of loopback. */
    static ScriptedWorker start(String id, String clusterName, List<String> seeds, List<String> stored,
                                       List<String> script, Duration period) {
        return start(new WorkerSettings(id, 0, new GridSettings(clusterName, new InetSocketAddress("127.0.0.1", 0), seeds)),
                new ScriptedHost(stored, script, period, 1_000_000));
    }

    static ScriptedWorker start(WorkerSettings settings, ScriptedHost host) {
        ScriptedModelStorage storage = new ScriptedModelStorage();
        return new ScriptedWorker(host, storage, WorkerNode.start(settings, host, storage, Instant.now()));
    }

    WorkerNode node() {
        return node;
    }

    ScriptedHost host() {
        return host;
    }

    ScriptedModelStorage storage() {
        return storage;
    }

    /** Where another member finds this one. */
    String seed() {
        return "127.0.0.1:" + node.clusterPort();
    }

    @Override
    public void close() {
        node.close();
        host.close();
    }

    /** The pieces that a process recites: {@code w0 }, {@code w1 }, ... */
    static List<String> pieces(int count) {
        return IntStream.range(0, count).mapToObj(i -> "w" + i + " ").toList();
    }

    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        ScriptedHost host = new ScriptedHost(Arrays.asList(environment.getOrDefault("SCRIPT_STORED", "scripted").split(",")),
                pieces(Integer.parseInt(environment.getOrDefault("SCRIPT_PIECES", "100"))),
                Duration.ofMillis(Long.parseLong(environment.getOrDefault("SCRIPT_PERIOD_MS", "10"))),
                Integer.parseInt(environment.getOrDefault("SCRIPT_MAX_MODEL_LEN", "4096")));
        ScriptedWorker worker = start(WorkerSettings.fromEnvironment(environment), host);
        System.out.println("UP " + worker.node.grpcPort() + " " + worker.node.clusterPort());
        new CountDownLatch(1).await();
    }

    /** Owns a process of the grid, a worker as a rule; closing kills it. */
    static final class Remote implements AutoCloseable {
        private final Process process;
        private final int clusterPort;

        private Remote(Process process, int clusterPort) {
            this.process = process;
            this.clusterPort = clusterPort;
        }

        /** Starts a worker in a process of its own, with this process's class path, and waits until it is up. */
        static Remote start(String id, String clusterName, List<String> seeds, Map<String, String> script) {
            Map<String, String> environment = new HashMap<>(script);
            environment.put("ALTIPLANO_WORKER_ID", id);
            environment.put("ALTIPLANO_CLUSTER_NAME", clusterName);
            environment.put("ALTIPLANO_CLUSTER_SEEDS", String.join(",", seeds));
            return start(ScriptedWorker.class, environment);
        }

        static Remote start(Class<?> main, Map<String, String> environment) {
            Process process = java(main, environment);
            String[] up = awaitLine(process, "UP ").split(" ");
            return new Remote(process, Integer.parseInt(up[2]));
        }

        String seed() {
            return "127.0.0.1:" + clusterPort;
        }

        /** Ends it as {@code kill -9} does. */
        void kill() {
            process.destroyForcibly();
        }

        /** Freezes it: its connections stay open and nothing answers. */
        void freeze() {
            signal("-STOP");
        }

        void thaw() {
            signal("-CONT");
        }

        @Override
        public void close() {
            kill();
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void signal(String name) {
            try {
                new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs a main class in a process of its own. Its stderr goes to this process's. */
    private static Process java(Class<?> main, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m", "-Xshare:auto",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), main.getName());
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String awaitLine(Process process, String prefix) {
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(prefix)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the process ended before it said " + prefix);
    }
}
