package org.altiplano.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a worker is started: a plain JVM, all of its settings in the environment. */
final class WorkerPlan {

    /**
     * Weights in huge pages: reading them all for every token misses the address cache at every small page. Memory of a step's
     * intermediate results is kept, not given back and cleared again on every layer.
     */
    private static final String MEMORY = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=33554432"
            + ":glibc.malloc.trim_threshold=536870912:glibc.malloc.top_pad=67108864";

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
        // A barrier is awaited for some microseconds, less than it takes to wake a thread; longer would take cores from the gateway.
        environment.put("GOMP_SPINCOUNT", orElse("GOMP_SPINCOUNT", "3000"));
        environment.put("GLIBC_TUNABLES", orElse("GLIBC_TUNABLES", MEMORY));
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
