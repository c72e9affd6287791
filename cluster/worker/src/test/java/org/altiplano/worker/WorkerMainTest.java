package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker as a process: how it starts, refuses to start and ends. */
class WorkerMainTest {

    @TempDir
    private Path home;

    @Test
    void saysThatItIsUpAndEndsOnSigterm() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(home, Map.of())) {
            worker.awaitUp();
            assertEquals(Optional.of((int) worker.pid()), worker.running("pid"));
            assertTrue(worker.running("grpcPort").orElse(0) > 0);
            assertTrue(worker.running("clusterPort").orElse(0) > 0);
            long asked = System.nanoTime();
            worker.end();
            assertEquals(128 + 15, worker.awaitEnd());
            System.out.println("MEASURED an idle worker ended " + (System.nanoTime() - asked) / 1_000_000 + " ms after SIGTERM");
            assertFalse(Files.exists(home.resolve("run/worker-1.json")));
        }
    }

    /** At these moments it loads classes, joins the cluster and loads libtorch, as a rule. */
    @ParameterizedTest
    @ValueSource(longs = {200, 500, 800, 1_200, 1_600})
    void endsInOrderOnASigtermWhileItStarts(long millis) throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(home, Map.of())) {
            Thread.sleep(millis);
            worker.end();
            assertEquals(128 + 15, worker.awaitEnd(), () -> worker.said().toString());
            assertFalse(Files.exists(home.resolve("run/worker-1.json")));
        }
    }

    @Test
    void namesAWrongSetting() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(home, Map.of("ALTIPLANO_CLUSTER_HOST", "0.0.0.0"))) {
            assertEquals(2, worker.awaitEnd());
            assertEquals(1, worker.said().size());
            assertTrue(worker.said().get(0).startsWith("ALTIPLANO_CLUSTER_HOST: 0.0.0.0 is refused; "), worker.said().get(0));
        }
    }

    @Test
    void namesATakenPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            for (String variable : List.of("ALTIPLANO_CLUSTER_PORT", "ALTIPLANO_GRPC_PORT")) {
                try (WorkerProcess worker = WorkerProcess.start(home, Map.of(variable, port))) {
                    assertEquals(3, worker.awaitEnd());
                    String kind = variable.equals("ALTIPLANO_GRPC_PORT") ? "gRPC" : "cluster";
                    assertEquals(List.of("The " + kind + " address 127.0.0.1:" + port
                            + " cannot be used: it is taken or is no address of this machine."), worker.said());
                }
            }
        }
    }

    @Test
    void saysThatLibtorchIsMissing() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(home, Map.of("PYTORCH_LIBRARY_PATH", home.resolve("nothing").toString()))) {
            assertEquals(1, worker.awaitEnd());
            assertTrue(worker.said().stream().anyMatch(line -> line.startsWith("The worker cannot load libtorch: ")),
                    worker.said().toString());
        }
    }

    @Test
    void readsItsEnvironment() {
        WorkerEnvironment read = WorkerEnvironment.parse(Map.of("ALTIPLANO_HOME", "/srv/altiplano", "ALTIPLANO_KV_MEMORY_MB", "384"),
                Path.of("/home/me"));
        assertEquals(Path.of("/srv/altiplano"), read.home());
        assertEquals(OptionalLong.of(384L << 20), read.kvBytes());
        assertEquals(Path.of("/home/me/.altiplano"), WorkerEnvironment.parse(Map.of(), Path.of("/home/me")).home());
        assertEquals("ALTIPLANO_KV_MEMORY_MB: 0 is no number of megabytes.", assertThrows(IllegalArgumentException.class,
                () -> WorkerEnvironment.parse(Map.of("ALTIPLANO_KV_MEMORY_MB", "0"), home)).getMessage());
    }
}
