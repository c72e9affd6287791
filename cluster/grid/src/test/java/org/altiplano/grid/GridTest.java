package org.altiplano.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.FreePort;
import org.altiplano.contract.Generation;
import org.altiplano.contract.Message;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.StoreJob;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.routing.WorkerStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway's grid and workers, all in this process, over real Hazelcast members and real gRPC on loopback. */
class GridTest {

    private static final List<String> SCRIPT = ScriptedWorker.pieces(20);
    private static final String SAID = String.join("", SCRIPT);

    private final String cluster = "grid-test-" + System.nanoTime();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Grid grid;

    @BeforeEach
    void joinAsGateway() {
        grid = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of()));
        open.add(grid);
    }

    @AfterEach
    void leave() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void carriesAGenerationToAWorkerAndItsEventsBack() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "hello"), heard);
        Finished finished = assertInstanceOf(Finished.class, heard.awaitTerminal());
        assertEquals(FinishReason.STOP, finished.reason());
        assertEquals(5, finished.promptTokens());
        assertEquals(20, finished.completionTokens());
        assertEquals(SAID, heard.text());
        assertEquals(IntStream.range(0, 20).boxed().toList(), heard.tokenIds());
        assertEquals(new Accepted("hello".codePoints().toArray()), heard.events().get(0));
    }

    @Test
    void echoesALongPromptWithItsLogProbabilities() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.request("m", new Prompt.Text("x".repeat(128_000), false),
                new OutputOptions(OptionalInt.of(5), true)), heard);
        heard.awaitTerminal();
        PromptEcho echo = assertInstanceOf(PromptEcho.class, heard.events().get(1));
        assertEquals(128_000, echo.tokens().size());
        assertEquals("x".repeat(128_000), echo.text());
        TokenChunk first = assertInstanceOf(TokenChunk.class, heard.events().get(2));
        assertTrue(first.tokens().get(0).logprob().isPresent());
    }

    @Test
    void tokenizesAndDetokenizesAtAWorker() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        int[] tokens = grid.backend().tokenize("m", new Prompt.Chat(List.of(new Message(Message.Role.USER, "hi"))))
                .toCompletableFuture().join().tokens();
        assertEquals(List.of(104, 105), IntStream.of(tokens).boxed().toList());
        assertEquals("hi", grid.backend().detokenize("m", tokens).toCompletableFuture().join());
        CompletionException noCharacter = assertThrows(CompletionException.class,
                () -> grid.backend().detokenize("m", new int[] {0x110000}).toCompletableFuture().join());
        assertEquals(Failure.Code.INVALID_PARAMETER, ((FailureException) noCharacter.getCause()).failure().code());
    }

    @Test
    void saysWhyAModelIsNotAnswered() {
        assertEquals(Failure.Code.MODEL_NOT_FOUND, failure("nowhere").code());
        grid.place("m");
        assertEquals("No worker is up to serve the model m.", failure("m").message());
        worker("worker-1", Duration.ofMillis(1), "other");
        Eventually.holds("the worker is known", () -> grid.workers().size() == 1);
        Failure unstored = failure("m");
        assertEquals(Failure.Code.NO_WORKER, unstored.code());
        assertEquals("No worker has the model m in its store.", unstored.message());
        CompletionException thrown = assertThrows(CompletionException.class,
                () -> grid.backend().tokenize("m", new Prompt.Text("x", false)).toCompletableFuture().join());
        assertEquals(Failure.Code.NO_WORKER, ((FailureException) thrown.getCause()).failure().code());
    }

    @Test
    void passesTheWorkersOwnRefusalOn() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x".repeat(1_000_000)), heard);
        assertEquals(Failure.Code.CONTEXT_LENGTH_EXCEEDED, ((Failure) heard.awaitTerminal()).code());
    }

    @Test
    void refusesAPromptThatNoMessageCanCarry() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x".repeat(17 << 20)), heard);
        assertEquals(Failure.Code.INVALID_PROMPT, ((Failure) heard.awaitTerminal()).code());
    }

    @Test
    void workersFollowThePlacement() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(1), "a", "b");
        grid.place("a");
        Eventually.holds("a is served", () -> serving("a") == 1);
        grid.place("b");
        Eventually.holds("b is served", () -> serving("b") == 1);
        assertEquals(Set.of("a", "b"), grid.placement());
        ScriptedWorker two = worker("worker-2", Duration.ofMillis(1), "b");
        Eventually.holds("the new worker serves b", () -> serving("b") == 2);
        grid.displace("b");
        Eventually.holds("nobody serves b", () -> serving("b") == 0);
        assertEquals(List.of(), two.host().status().models());
        assertEquals(1, one.host().status().models().size());
        assertEquals(Failure.Code.MODEL_NOT_FOUND, failure("b").code());
    }

    @Test
    void aWorkerIsToldWhichPrefixesToPinAndReportsWhatItPinned() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(1));
        serve("m");
        PinnedPrefix prefix = new PinnedPrefix("p.1", "You know the \uD83D\uDD11 of the house.");
        grid.pin(grid.workers().get(0), "m", List.of(prefix));
        Eventually.holds("it is pinned", () -> one.host().pinned("m").equals(List.of(prefix)));
        int length = prefix.system().length();
        Eventually.holds("that is reported", () -> pins("worker-1").equals(List.of(new EngineStatus.Pin("p.1", length, length, ""))));
        assertFalse(grid.workers().toString().contains("house"), "reports go through the cluster, the text does not");
        worker("worker-2", Duration.ofMillis(1));
        Eventually.holds("both serve", () -> serving("m") == 2);
        assertEquals(List.of(), pins("worker-2"), "a newcomer has to be told");
        grid.pin(grid.workers().get(0), "m", List.of());
        Eventually.holds("nothing is pinned", () -> pins("worker-1").isEmpty());
    }

    @Test
    void pinningAtAModelThatIsNotServedOrAtAWorkerThatIsGoneHarmsNobody() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(1));
        serve("m");
        WorkerStatus status = grid.workers().get(0);
        grid.pin(status, "none", List.of(new PinnedPrefix("p.1", "x")));
        grid.pin(status, "m", List.of(new PinnedPrefix("p.1", "x")));
        Eventually.holds("the worker goes on", () -> one.host().pinned("m").size() == 1);
        one.close();
        Eventually.holds("it is gone", () -> grid.workers().isEmpty());
        grid.pin(status, "m", List.of());
    }

    @Test
    void thePlacementOutlivesTheGateway() {
        worker("worker-1", Duration.ofMillis(1));
        serve("m");
        String seed = ((ScriptedWorker) open.get(1)).seed();
        grid.close();
        grid = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of(seed)));
        open.set(0, grid);
        Eventually.holds("the placement is known again", () -> grid.placement().equals(Set.of("m")));
        Eventually.holds("the worker is known again", () -> serving("m") == 1);
    }

    @Test
    void aGatewayThatStartedApartFindsTheWorkers() {
        int port = FreePort.any();
        ScriptedWorker worker = ScriptedWorker.start("worker-1", cluster, List.of("127.0.0.1:" + port), List.of("m"), SCRIPT,
                Duration.ofMillis(1));
        open.add(worker);
        try (Grid late = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", port), List.of()))) {
            late.place("m");
            Duration took = Eventually.holds("the worker serves what the late gateway placed", Duration.ofSeconds(30),
                    () -> late.workers().stream().anyMatch(each -> each.model("m").isPresent()));
            System.out.println("MEASURED clusters that started apart merged after " + took.toMillis() + " ms");
            RecordingListener heard = new RecordingListener();
            late.backend().submit(Requests.text("m", "x"), heard);
            assertInstanceOf(Finished.class, heard.awaitTerminal());
        }
    }

    @Test
    void aCancellationReachesTheWorker() {
        ScriptedWorker worker = worker("worker-1", Duration.ofSeconds(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        Generation generation = grid.backend().submit(Requests.text("m", "x"), heard);
        Eventually.holds("accepted", () -> !heard.events().isEmpty());
        generation.cancel();
        generation.cancel();
        Duration took = Eventually.holds("the worker lets go", () -> worker.host().runningCount() == 0);
        assertEquals(FinishReason.CANCELLED, ((Finished) heard.awaitTerminal()).reason());
        System.out.println("MEASURED cancel: the worker let go after " + took.toMillis() + " ms");
        assertTrue(took.toSeconds() < 10, "long before it would have ended by itself, not after " + took);
        Eventually.holds("no stream is left", () -> worker.node().underWay() == 0);
    }

    @Test
    void burstsAreSpreadBeforeTheWorkersReport() {
        ScriptedWorker one = worker("worker-1", Duration.ofSeconds(5));
        ScriptedWorker two = worker("worker-2", Duration.ofSeconds(5));
        serve("m");
        Eventually.holds("both serve", () -> serving("m") == 2);
        for (int i = 0; i < 20; i++) {
            grid.backend().submit(Requests.text("m", "x"), new RecordingListener());
        }
        Eventually.holds("all have begun", () -> one.host().runningCount() + two.host().runningCount() == 20);
        assertEquals(10, one.host().runningCount(), 1);
    }

    @Test
    void aDrainingWorkerFinishesItsGenerationsAndGetsNoNewOnes() throws Exception {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(50));
        serve("m");
        RecordingListener before = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), before);
        Eventually.holds("the first has begun", () -> one.host().runningCount() == 1);
        ScriptedWorker two = worker("worker-2", Duration.ofMillis(1));
        Eventually.holds("both serve", () -> serving("m") == 2);
        Thread drain = new Thread(() -> {
            try {
                one.node().drain(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        drain.start();
        for (int i = 0; i < 10; i++) { // some are sent to the draining worker before its report is here, and move on
            RecordingListener after = new RecordingListener();
            grid.backend().submit(Requests.text("m", "x"), after);
            assertInstanceOf(Finished.class, after.awaitTerminal());
        }
        assertEquals(SAID, before.awaitTerminal() instanceof Finished ? before.text() : "failed");
        drain.join();
        assertEquals(0, one.node().underWay());
        Eventually.holds("the other has nothing left", () -> two.node().underWay() == 0);
    }

    @Test
    void aDrainedWorkerEndsWhatRunsKeepsItsModelsAndGetsNothingNewUntilItIsResumed() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(50));
        serve("m");
        RecordingListener before = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), before);
        Eventually.holds("the first has begun", () -> one.host().runningCount() == 1);
        grid.drain("worker-1");
        Failure refused = failure("m");
        assertEquals(Failure.Code.NO_WORKER, refused.code());
        assertEquals("No worker serves the model m right now.", refused.message());
        assertTrue(grid.workers().get(0).draining(), "known here at once");
        assertInstanceOf(Finished.class, before.awaitTerminal());
        assertEquals(SAID, before.text());
        Eventually.holds("the worker knows too", () -> one.node().takesNothingNew());
        assertEquals(1, serving("m"));
        grid.resume("worker-1");
        Eventually.holds("it is routed to again", () -> !grid.workers().get(0).draining());
        RecordingListener after = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), after);
        assertInstanceOf(Finished.class, after.awaitTerminal());
    }

    @Test
    void aWorkerThatOneGatewayDrainedGetsNothingFromAnotherNorAfterItsRestart() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(1));
        ScriptedWorker two = worker("worker-2", Duration.ofMillis(50));
        serve("m");
        Eventually.holds("both serve", () -> serving("m") == 2);
        grid.drain("worker-1");
        one.close();
        Eventually.holds("it is gone", () -> grid.workers().size() == 1);
        ScriptedWorker again = worker("worker-1", Duration.ofMillis(1));
        Eventually.holds("both serve", () -> serving("m") == 2);
        try (Grid other = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of(two.seed())))) {
            Eventually.holds("the other gateway knows both", () -> other.workers().size() == 2);
            assertEquals(Set.of("worker-1"), other.drained());
            for (int i = 0; i < 6; i++) {
                (i % 2 == 0 ? grid : other).backend().submit(Requests.text("m", "x"), new RecordingListener());
            }
            Eventually.holds("all are at the one that is left", () -> two.host().runningCount() == 6);
            assertEquals(0, again.node().underWay());
        }
    }

    @Test
    void aWorkersStoreTakesModelsInTellsHowFarItIsAndDeletesThem() {
        ScriptedWorker one = worker("worker-1", Duration.ofMillis(1));
        Eventually.holds("the worker is known", () -> grid.workers().size() == 1);
        WorkerStatus status = grid.workers().get(0);
        ModelSource source = new ModelSource.Folder("mine", "checkpoints/mine", "int4", Optional.of("llama2"));
        StoreJob job = grid.stores().store(status, source).toCompletableFuture().join();
        assertEquals("mine", job.model());
        assertEquals(List.of(source), one.storage().sources());
        Eventually.holds("its report tells how far it is", () -> grid.workers().get(0).jobs().equals(List.of(job)));
        assertEquals(Failure.Code.MODEL_IN_USE, refusal(() -> grid.stores().store(status, source)));
        assertEquals(Failure.Code.INVALID_PARAMETER, refusal(() -> grid.stores().store(status, new ModelSource.Folder("its", "../etc", "q8", Optional.empty()))));
        grid.stores().cancel(status, job.id()).toCompletableFuture().join();
        Eventually.holds("it is given up", () -> grid.workers().get(0).jobs().get(0).state() == StoreJob.State.CANCELLED);
        grid.stores().store(status, new ModelSource.Catalogue("smollm2-135m-instruct")).toCompletableFuture().join();
        one.storage().end("smollm2-135m-instruct", "");
        assertTrue(grid.stores().remove(status, "smollm2-135m-instruct").toCompletableFuture().join());
        assertEquals(Failure.Code.MODEL_NOT_FOUND, refusal(() -> grid.stores().remove(status, "smollm2-135m-instruct")));
        one.close();
        Eventually.holds("it is gone", () -> grid.workers().isEmpty());
        assertEquals(Failure.Code.WORKER_LOST, refusal(() -> grid.stores().remove(status, "mine")));
    }

    private static Failure.Code refusal(Supplier<CompletionStage<?>> call) {
        CompletionException thrown = assertThrows(CompletionException.class, () -> call.get().toCompletableFuture().join());
        return ((FailureException) thrown.getCause()).failure().code();
    }

    @Test
    void aListenerThatHangsDelaysNoOtherGeneration() {
        ScriptedWorker worker = worker("worker-1", Duration.ofMillis(1));
        serve("m");
        CountDownLatch release = new CountDownLatch(1);
        List<RecordingListener> ends = IntStream.range(0, 4).mapToObj(i -> hanging(release)).toList();
        ends.forEach(end -> grid.backend().submit(Requests.text("m", "x"), end));
        for (int i = 0; i < 20; i++) {
            RecordingListener heard = new RecordingListener();
            grid.backend().submit(Requests.text("m", "x"), heard);
            assertInstanceOf(Finished.class, heard.awaitTerminal());
        }
        release.countDown();
        ends.forEach(end -> assertEquals(FinishReason.STOP, ((Finished) end.awaitTerminal()).reason()));
        Eventually.holds("no stream is left", () -> worker.node().underWay() == 0);
    }

    @Test
    void aReaderThatStopsReadingLosesItsOwnGenerationOnly() {
        ScriptedWorker worker = ScriptedWorker.start("worker-1", cluster, List.of("127.0.0.1:" + grid.clusterPort()),
                List.of("m"), ScriptedWorker.pieces(1_000_000), Duration.ofNanos(20_000));
        open.add(worker);
        serve("m");
        CountDownLatch release = new CountDownLatch(1);
        RecordingListener end = hanging(release);
        grid.backend().submit(Requests.text("m", "x"), end);
        Eventually.holds("it has begun", () -> worker.host().runningCount() == 1);
        Eventually.holds("the worker gave the generation up", () -> worker.host().runningCount() == 0);
        RecordingListener other = new RecordingListener();
        Generation beside = grid.backend().submit(Requests.text("m", "y"), other);
        Eventually.holds("another streams beside it", () -> other.tokenIds().size() > 100);
        beside.cancel();
        assertTrue(((Finished) other.awaitTerminal()).completionTokens() > 100);
        release.countDown();
        Failure failure = assertInstanceOf(Failure.class, end.awaitTerminal());
        assertEquals("The answer was given up: its reader fell more than 8192 tokens behind.", failure.message());
        Eventually.holds("no stream is left", () -> worker.node().underWay() == 0);
    }

    @Test
    void listensOnItsOwnAddressOnly() throws IOException {
        ScriptedWorker worker = worker("worker-1", Duration.ofMillis(1));
        for (int port : new int[] {grid.clusterPort(), worker.node().clusterPort(), worker.node().grpcPort()}) {
            new Socket("127.0.0.1", port).close();
            // Another address of this same machine: whoever listens on all of them would answer.
            assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
        }
    }

    @Test
    void aListenerThatThrowsLosesItsOwnGenerationOnly() {
        ScriptedWorker worker = worker("worker-1", Duration.ofSeconds(1));
        serve("m");
        RecordingListener careless = new RecordingListener() {
            @Override
            public void onAccepted(Accepted accepted) {
                throw new IllegalStateException("a careless listener");
            }
        };
        grid.backend().submit(Requests.text("m", "x"), careless);
        assertEquals(FinishReason.CANCELLED, ((Finished) careless.awaitTerminal()).reason());
        Eventually.holds("the worker lets go", () -> worker.host().runningCount() == 0);
    }

    @Test
    void carriesTwoHundredGenerationsAtOnce() {
        worker("worker-1", Duration.ofMillis(20));
        worker("worker-2", Duration.ofMillis(20));
        serve("m");
        Eventually.holds("both serve", () -> serving("m") == 2);
        List<RecordingListener> all = IntStream.range(0, 200).mapToObj(i -> new RecordingListener()).toList();
        long start = System.nanoTime();
        all.forEach(heard -> grid.backend().submit(Requests.text("m", "x"), heard));
        all.forEach(heard -> {
            assertInstanceOf(Finished.class, heard.awaitTerminal());
            assertEquals(SAID, heard.text());
        });
        System.out.println("MEASURED 200 generations of 20 tokens at 20 ms each: "
                + (System.nanoTime() - start) / 1_000_000 + " ms");
    }

    @Test
    void closingTheGridEndsItsGenerations() {
        ScriptedWorker worker = worker("worker-1", Duration.ofSeconds(1));
        serve("m");
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), heard);
        Eventually.holds("accepted", () -> !heard.events().isEmpty());
        grid.close();
        assertEquals(Failure.Code.WORKER_LOST, ((Failure) heard.awaitTerminal()).code());
        Eventually.holds("the worker lets go", () -> worker.host().runningCount() == 0);
    }

    @Test
    void aTakenPortIsNamed() {
        UncheckedIOException refused = assertThrows(UncheckedIOException.class, () -> Grid.join(
                new GridSettings(cluster, new InetSocketAddress("127.0.0.1", grid.clusterPort()), List.of())));
        assertEquals("The cluster address 127.0.0.1:" + grid.clusterPort()
                + " cannot be used: it is taken or is no address of this machine.", refused.getCause().getMessage());
        ScriptedWorker worker = worker("worker-1", Duration.ofMillis(1));
        WorkerSettings taken = new WorkerSettings("worker-2", worker.node().grpcPort(),
                new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of()));
        UncheckedIOException second = assertThrows(UncheckedIOException.class,
                () -> ScriptedWorker.start(taken, new ScriptedHost(List.of(), SCRIPT, Duration.ZERO, 10)));
        assertTrue(second.getCause().getMessage().startsWith("The gRPC address 127.0.0.1:" + worker.node().grpcPort()));
    }

    @Test
    void aSecondWorkerOfTheSameNameIsRefused() {
        ScriptedWorker first = worker("worker-1", Duration.ofMillis(1));
        serve("m");
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> worker("worker-1", Duration.ofMillis(1)));
        assertEquals("The cluster " + cluster + " has a worker worker-1 already, whose member is 127.0.0.1:"
                + first.node().clusterPort() + ": give this one a name of its own (ALTIPLANO_WORKER_ID).", refused.getMessage());
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text("m", "x"), heard);
        assertInstanceOf(Finished.class, heard.awaitTerminal());
        assertEquals(1, grid.workers().size());
    }

    private ScriptedWorker worker(String id, Duration period, String... stored) {
        ScriptedWorker worker = ScriptedWorker.start(id, cluster, List.of("127.0.0.1:" + grid.clusterPort()),
                stored.length == 0 ? List.of("m") : List.of(stored), SCRIPT, period);
        open.add(worker);
        return worker;
    }

    private void serve(String model) {
        grid.place(model);
        Eventually.holds(model + " is served", () -> serving(model) > 0);
    }

    private long serving(String model) {
        return grid.workers().stream().flatMap(worker -> worker.model(model).stream())
                .filter(held -> held.state() == ModelState.SERVING).count();
    }

    private List<EngineStatus.Pin> pins(String worker) {
        return grid.workers().stream().filter(status -> status.id().equals(worker)).flatMap(status -> status.model("m").stream())
                .flatMap(model -> model.prefixCache().pins().stream()).toList();
    }

    private Failure failure(String model) {
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(Requests.text(model, "x"), heard);
        return assertInstanceOf(Failure.class, heard.awaitTerminal());
    }

    /** Breaks the rule that a listener must not block. */
    private static RecordingListener hanging(CountDownLatch release) {
        return new RecordingListener() {
            @Override
            public void onTokens(TokenChunk chunk) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
