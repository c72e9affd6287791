package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.StoreJob;
import org.altiplano.engine.store.TinyCheckpoint;
import org.altiplano.grid.Grid;
import org.altiplano.grid.GridSettings;
import org.altiplano.grid.routing.WorkerStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway's grid and a worker process of its own, which stores what it is told to, holds it and lets it go. */
class StoringWorkerTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path home;

    @Test
    void aModelComesIntoTheStoreIsHeldAndGoesOnlyThen() throws Exception {
        new TinyCheckpoint().write(home.resolve("import/tiny"));
        String cluster = "storing-worker-test-" + System.nanoTime();
        try (Grid grid = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of()));
                WorkerProcess process = WorkerProcess.start(home, Map.of("ALTIPLANO_CLUSTER_NAME", cluster,
                        "ALTIPLANO_CLUSTER_SEEDS", "127.0.0.1:" + grid.clusterPort(), "ALTIPLANO_KV_MEMORY_MB", "16"))) {
            Eventually.holds("the worker is known", MINUTE, () -> grid.workers().size() == 1);
            WorkerStatus worker = grid.workers().get(0);
            StoreJob job = grid.stores().store(worker, new ModelSource.Folder("tiny", "tiny", "fp32", Optional.empty())).toCompletableFuture().join();
            Eventually.holds("the job is over", MINUTE, () -> grid.workers().get(0).jobs().stream().anyMatch(one -> one.id().equals(job.id()) && one.isOver()));
            assertEquals(StoreJob.State.DONE, grid.workers().get(0).jobs().get(0).state(), () -> process.said().toString());
            grid.place("tiny");
            Eventually.holds("the worker holds it", MINUTE, () -> grid.workers().get(0).model("tiny").isPresent());
            CompletionException held = assertThrows(CompletionException.class, () -> grid.stores().remove(worker, "tiny").toCompletableFuture().join());
            assertEquals(Failure.Code.MODEL_IN_USE, ((FailureException) held.getCause()).failure().code());
            grid.displace("tiny");
            Eventually.holds("the worker lets it go", MINUTE, () -> grid.workers().get(0).model("tiny").isEmpty());
            assertTrue(grid.stores().remove(worker, "tiny").toCompletableFuture().join());
            assertFalse(Files.exists(home.resolve("models/tiny")));
            process.end();
            process.awaitEnd();
        }
    }
}
