package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;
import org.altiplano.engine.store.SmolLm2;
import org.altiplano.grid.Grid;
import org.altiplano.grid.GridSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SmolLM2 in a worker process of its own, asked from here through the grid. */
class RealModelTest {

    private static final String MODEL = "smollm2-135m-instruct";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path home;

    @Test
    void aRealModelAnswersThroughTheGridAndItsWorkerEndsInOrder() throws Exception {
        new ModelStore(home.resolve("models")).importModel(
                new ImportRequest(SmolLm2.gguf(), MODEL, Dtype.FP32, Optional.of("chatml")), Progress.NONE);
        String cluster = "real-model-test-" + System.nanoTime();
        try (Grid grid = Grid.join(new GridSettings(cluster, new InetSocketAddress("127.0.0.1", 0), List.of()));
                WorkerProcess worker = worker(grid, cluster)) {
            grid.place(MODEL);
            Eventually.holds("the model is served", MINUTE, () -> grid.workers().stream().flatMap(each -> each.model(MODEL).stream())
                    .anyMatch(model -> model.state() == ModelState.SERVING));

            RecordingListener answer = asked(grid, "What is the capital of France?", 40);
            assertInstanceOf(Finished.class, answer.awaitTerminal());
            assertEquals("The capital of France is Paris.", answer.text());

            int[] tokens = grid.backend().tokenize(MODEL, new Prompt.Text("Hello", false)).toCompletableFuture().join().tokens();
            assertArrayEquals(new int[] {19_556}, tokens);
            assertEquals("Hello", grid.backend().detokenize(MODEL, tokens).toCompletableFuture().join());

            pinsASystemPrompt(grid);
            assertTrue(Files.isDirectory(home.resolve("operators")), "the operators were loaded from the worker's home");

            RecordingListener last = asked(grid, "Tell me a long story about a llama.", 60);
            Eventually.holds("it streams", MINUTE, () -> last.events().stream().anyMatch(TokenChunk.class::isInstance));
            worker.end();
            assertEquals(FinishReason.LENGTH, assertInstanceOf(Finished.class, last.awaitTerminal()).reason());
            assertEquals(60, last.tokenIds().size());
            worker.awaitEnd();
            Eventually.holds("the worker is off the list", MINUTE, () -> grid.workers().isEmpty());
            for (int wait : new int[] {0, 700, 1_400}) {
                endsInOrderWhileItLoads(grid, cluster, wait);
            }
        }
    }

    private static void pinsASystemPrompt(Grid grid) {
        String system = "You are the assistant of a library in the mountains. ".repeat(8);
        grid.pin(grid.workers().get(0), MODEL, List.of(new PinnedPrefix("library.1", system)));
        Eventually.holds("it is pinned whole", MINUTE, () -> pins(grid).stream().anyMatch(pin -> pin.pinned() > 64 && pin.pinned() == pin.tokens()));
        Prompt first = new Prompt.Chat(List.of(new Message(Message.Role.SYSTEM, system), new Message(Message.Role.USER, "When do you open?")));
        assertEquals(pins(grid).get(0).pinned(), assertInstanceOf(Finished.class, asked(grid, first, 2).awaitTerminal()).cachedTokens());
    }

    private static List<EngineStatus.Pin> pins(Grid grid) {
        return grid.workers().stream().flatMap(each -> each.model(MODEL).stream()).flatMap(model -> model.prefixCache().pins().stream()).toList();
    }

    private void endsInOrderWhileItLoads(Grid grid, String cluster, int wait) throws Exception {
        try (WorkerProcess worker = worker(grid, cluster)) {
            Eventually.holds("it begins to load", MINUTE, () -> worker.said().stream().anyMatch(line -> line.endsWith("Serving " + MODEL + ".")));
            Thread.sleep(wait);
            long asked = System.nanoTime();
            worker.end();
            assertEquals(128 + 15, worker.awaitEnd(), () -> worker.said().toString());
            System.out.println("MEASURED a worker that was loading for " + wait + " ms ended "
                    + (System.nanoTime() - asked) / 1_000_000 + " ms after SIGTERM");
        }
    }

    private WorkerProcess worker(Grid grid, String cluster) throws IOException {
        return WorkerProcess.start(home, Map.of("ALTIPLANO_CLUSTER_NAME", cluster,
                "ALTIPLANO_CLUSTER_SEEDS", "127.0.0.1:" + grid.clusterPort(), "ALTIPLANO_KV_MEMORY_MB", "128"));
    }

    private static RecordingListener asked(Grid grid, String question, int maxTokens) {
        return asked(grid, new Prompt.Chat(List.of(new Message(Message.Role.USER, question))), maxTokens);
    }

    private static RecordingListener asked(Grid grid, Prompt prompt, int maxTokens) {
        RecordingListener heard = new RecordingListener();
        grid.backend().submit(new GenerationRequest("g" + prompt.hashCode(), MODEL, prompt, SamplingParams.GREEDY,
                StopConditions.after(maxTokens), OutputOptions.NONE, new CacheSalt("a tenant's"), FairShare.SINGLE), heard);
        return heard;
    }
}
