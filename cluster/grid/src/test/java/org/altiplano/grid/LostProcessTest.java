package org.altiplano.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.TokenChunk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers and gateways that are killed or freeze, as processes of their own. */
class LostProcessTest {

    /** A fraction of a second where the machine has nothing else to do, as what is measured here says. */
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Map<String, String> SLOW = Map.of("SCRIPT_STORED", "m", "SCRIPT_PIECES", "100000", "SCRIPT_PERIOD_MS", "200");

    private final String cluster = "lost-test-" + System.nanoTime();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void leave() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void aKilledWorkersGenerationsGoOnElsewhereAndNobodySeesTheSeam() {
        Grid grid = gateway();
        ScriptedWorker.Remote doomed = process("worker-1", grid);
        serve(grid, 1);
        List<RecordingListener> moved = IntStream.range(0, 8).mapToObj(i -> streaming(grid)).toList();
        open.add(ScriptedWorker.start("worker-2", cluster, List.of(seed(grid)), List.of("m"), ScriptedWorker.pieces(2_000), Duration.ofMillis(1)));
        serve(grid, 2);
        doomed.kill();
        int[] given = moved.stream().mapToInt(each -> each.tokenIds().size()).toArray();
        // More than can have been on their way, at one in 200 ms.
        Duration took = Eventually.holds("all go on", () -> IntStream.range(0, 8).allMatch(i -> moved.get(i).tokenIds().size() > given[i] + 20));
        System.out.println("MEASURED kill -9 of a worker: 8 streams went on after " + took.toMillis() + " ms");
        for (RecordingListener each : moved) {
            Finished finished = assertInstanceOf(Finished.class, each.awaitTerminal());
            assertEquals(FinishReason.STOP, finished.reason());
            assertEquals(1, finished.promptTokens());
            assertEquals(2_000, finished.completionTokens());
            assertEquals(IntStream.range(0, 2_000).boxed().toList(), each.tokenIds());
            assertEquals(String.join("", ScriptedWorker.pieces(2_000)), each.text());
            assertTrue(finished.total().compareTo(finished.timeToFirstToken()) > 0);
        }
        Eventually.holds("the dead worker is off the list", () -> grid.workers().size() == 1);
    }

    @Test
    void aKilledWorkerEndsItsGenerationsWhereThereIsNoOther() {
        Grid grid = gateway();
        ScriptedWorker.Remote doomed = process("worker-1", grid);
        serve(grid, 1);
        List<RecordingListener> cut = IntStream.range(0, 8).mapToObj(i -> streaming(grid)).toList();
        long killed = System.nanoTime();
        doomed.kill();
        for (RecordingListener each : cut) {
            Failure failure = assertInstanceOf(Failure.class, each.awaitTerminal());
            assertEquals(new Failure(Failure.Code.WORKER_LOST, "The worker worker-1 was lost while it generated the answer."),
                    failure);
        }
        long millis = (System.nanoTime() - killed) / 1_000_000;
        System.out.println("MEASURED kill -9 of a worker: 8 streams failed after " + millis + " ms");
        assertTrue(millis < SOON.toMillis(), "took " + millis + " ms");
        ScriptedWorker next = ScriptedWorker.start("worker-2", cluster, List.of(seed(grid)), List.of("m"),
                ScriptedWorker.pieces(5), Duration.ofMillis(1));
        open.add(next);
        Eventually.holds("the next worker serves", () -> grid.workers().stream()
                .anyMatch(worker -> worker.id().equals("worker-2") && worker.model("m").isPresent()));
        for (int i = 0; i < 10; i++) {
            RecordingListener heard = new RecordingListener();
            grid.backend().submit(Requests.text("m", "x"), heard);
            assertInstanceOf(Finished.class, heard.awaitTerminal());
        }
        Duration forgotten = Eventually.holds("the dead worker is off the list", () -> grid.workers().size() == 1);
        System.out.println("MEASURED kill -9 of a worker: off the list after another " + forgotten.toMillis() + " ms");
    }

    @Test
    void aFrozenWorkerEndsItsGenerationsWithinSecondsAndComesBack() {
        Grid grid = gateway();
        ScriptedWorker.Remote frozen = process("worker-1", grid);
        serve(grid, 1);
        RecordingListener cut = streaming(grid);
        long stopped = System.nanoTime();
        frozen.freeze();
        assertEquals(Failure.Code.WORKER_LOST, ((Failure) cut.awaitTerminal()).code());
        long millis = (System.nanoTime() - stopped) / 1_000_000;
        System.out.println("MEASURED a frozen worker: its stream failed after " + millis + " ms");
        assertTrue(millis < 2 * SOON.toMillis(), "took " + millis + " ms");
        long asked = System.nanoTime();
        RecordingListener next = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), next);
        assertEquals(Failure.Code.NO_WORKER, ((Failure) next.awaitTerminal()).code());
        System.out.println("MEASURED a frozen worker: the next request was refused after "
                + (System.nanoTime() - asked) / 1_000_000 + " ms");
        Eventually.holds("the frozen worker is off the list", () -> grid.workers().isEmpty());
        frozen.thaw();
        Duration back = Eventually.holds("the worker is back", Duration.ofSeconds(60), () -> serving(grid) == 1);
        System.out.println("MEASURED a frozen worker: back " + back.toMillis() + " ms after it was thawed");
        RecordingListener again = streaming(grid);
        assertTrue(again.events().size() > 1);
    }

    @Test
    void aKilledWorkersNameIsFreeForItsHeir() {
        Grid grid = gateway();
        ScriptedWorker.Remote doomed = process("worker-1", grid);
        serve(grid, 1);
        doomed.kill();
        process("worker-1", grid);
        Eventually.holds("the heir serves", () -> serving(grid) == 1);
        RecordingListener heard = streaming(grid);
        assertTrue(heard.events().size() > 1);
    }

    @Test
    void aKilledGatewayFreesItsGenerationsAtTheWorker() {
        ScriptedWorker worker = ScriptedWorker.start("worker-1", cluster, List.of(), List.of("m"),
                ScriptedWorker.pieces(100_000), Duration.ofMillis(20));
        open.add(worker);
        ScriptedWorker.Remote gateway = ScriptedGateway.start(cluster, worker.seed(), 8);
        open.add(gateway);
        assertEquals(8, worker.host().runningCount());
        gateway.kill();
        Duration took = Eventually.holds("the worker lets go", () -> worker.host().runningCount() == 0);
        System.out.println("MEASURED kill -9 of the gateway: 8 generations freed after " + took.toMillis() + " ms");
        assertTrue(took.compareTo(SOON) < 0, "took " + took);
        Eventually.holds("no stream is left", () -> worker.node().underWay() == 0);
        Grid heir = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of(worker.seed())));
        open.add(heir);
        Eventually.holds("the placement outlives the gateway", () -> heir.placement().equals(Set.of("m")));
    }

    @Test
    void aFrozenGatewayFreesItsGenerationsAtTheWorker() {
        ScriptedWorker worker = ScriptedWorker.start("worker-1", cluster, List.of(), List.of("m"),
                ScriptedWorker.pieces(100_000), Duration.ofMillis(20));
        open.add(worker);
        ScriptedWorker.Remote gateway = ScriptedGateway.start(cluster, worker.seed(), 8);
        open.add(gateway);
        gateway.freeze();
        Duration took = Eventually.holds("the worker lets go", () -> worker.host().runningCount() == 0);
        System.out.println("MEASURED a frozen gateway: 8 generations freed after " + took.toMillis() + " ms");
    }

    @Test
    void aCancellationIsPromptAcrossProcesses() {
        Grid grid = gateway();
        process("worker-1", grid);
        serve(grid, 1);
        RecordingListener heard = new RecordingListener();
        Generation generation = grid.backend().submit(Requests.text("m", "x"), heard);
        awaitTokens(heard);
        long start = System.nanoTime();
        generation.cancel();
        assertEquals(FinishReason.CANCELLED, ((Finished) heard.awaitTerminal()).reason());
        System.out.println("MEASURED cancel across processes, there and back: " + (System.nanoTime() - start) / 1_000 + " us");
    }

    private Grid gateway() {
        Grid grid = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of()));
        open.add(grid);
        return grid;
    }

    private ScriptedWorker.Remote process(String id, Grid grid) {
        ScriptedWorker.Remote process = ScriptedWorker.Remote.start(id, cluster, List.of(seed(grid)), SLOW);
        open.add(process);
        return process;
    }

    private static String seed(Grid grid) {
        return "127.0.0.1:" + grid.clusterPort();
    }

    private static void serve(Grid grid, int workers) {
        grid.place("m");
        Eventually.holds("m is served", () -> serving(grid) == workers);
    }

    private static long serving(Grid grid) {
        return grid.workers().stream().filter(worker -> worker.model("m").isPresent()).count();
    }

    /** A generation that has given out tokens. */
    private static RecordingListener streaming(Grid grid) {
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), heard);
        awaitTokens(heard);
        return heard;
    }

    private static void awaitTokens(RecordingListener heard) {
        Eventually.holds("tokens, or why there are none", () -> heard.events().stream().anyMatch(event -> event instanceof TokenChunk || event instanceof Failure));
        assertTrue(heard.events().stream().noneMatch(Failure.class::isInstance), () -> heard.events().toString());
    }
}
