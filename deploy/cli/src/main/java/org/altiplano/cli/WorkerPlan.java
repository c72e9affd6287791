package org.altiplano.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a worker is started: a plain JVM, all of its settings in the environment. */
final class WorkerPlan {

    private WorkerPlan() {
    }

    /** @param workers how many share this machine's cores */
    static LaunchPlan of(String name, Home home, Distribution distribution, Ports ports, int workers) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "ALTIPLANO_HOME", home.folder().toString(),
                "ALTIPLANO_WORKER_ID", name,
                "ALTIPLANO_CLUSTER_NAME", ports.clusterName(),
                "ALTIPLANO_CLUSTER_HOST", Ports.LOOPBACK,
                "ALTIPLANO_CLUSTER_PORT", Integer.toString(ports.cluster().get(name)),
                "ALTIPLANO_CLUSTER_SEEDS", ports.seeds(),
                "ALTIPLANO_GRPC_PORT", "0"));
        environment.putAll(libtorch(distribution));
        environment.put("OMP_NUM_THREADS", orElse("OMP_NUM_THREADS",
                Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / workers))));
        // Spinning OpenMP threads take the cores from the gateway, and a busy neighbour stalls every barrier.
        environment.put("OMP_WAIT_POLICY", orElse("OMP_WAIT_POLICY", "PASSIVE"));
        return new LaunchPlan(name, List.of(Distribution.java().toString(), "-Xmx1g", "-XX:+ExitOnOutOfMemoryError",
                "-cp", distribution.worker() + "/*", "org.altiplano.worker.WorkerMain"), environment, home.log(name));
    }

    private static Map<String, String> libtorch(Distribution distribution) {
        return Map.of("PYTORCH_LIBRARY_PATH", orElse("PYTORCH_LIBRARY_PATH", distribution.libtorch().toString()),
                "PYTORCH_VERSION", orElse("PYTORCH_VERSION", distribution.libtorchVersion()),
                "PYTORCH_FLAVOR", orElse("PYTORCH_FLAVOR", "cpu"));
    }

    /** The user's own setting goes first. */
    private static String orElse(String variable, String value) {
        String own = System.getenv(variable);
        return own == null || own.isBlank() ? value : own;
    }
}
