package org.altiplano.engine;

import static org.altiplano.engine.EngineFixture.VOCABULARY;
import static org.altiplano.engine.EngineFixture.failure;
import static org.altiplano.engine.EngineFixture.finished;
import static org.altiplano.engine.EngineFixture.stop;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Failure;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.StoredModel;
import org.altiplano.engine.text.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineHostTest {

    private final List<ScriptedModelRunner> runners = new ArrayList<>();
    private final AtomicInteger openModels = new AtomicInteger();
    private volatile CountDownLatch mayLoad = new CountDownLatch(0);
    private volatile CountDownLatch mayStep = new CountDownLatch(0);
    private final EngineHost host = new EngineHost(new FixedModels(), (model, progress) -> {
        progress.accept("Packing the weights.");
        await(mayLoad);
        if (model.manifest().name().equals("damaged")) {
            throw new IllegalArgumentException("The weights do not fit.");
        }
        while (model.manifest().name().equals("endless")) {
            progress.accept("Packing without end.");
        }
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY).before(step -> await(mayStep));
        runners.add(runner);
        return runner;
    }, EngineFixture.SETTINGS, "scripted", System::nanoTime, () -> 1);

    @AfterEach
    void closesTheHost() {
        host.close();
    }

    @Test
    void loadsAModelInTheBackgroundAndServesIt() {
        mayLoad = new CountDownLatch(1);
        host.serve("a");
        while (!status("a").detail().equals("Packing the weights.")) {
            Thread.onSpinWait();
        }
        assertEquals(ModelState.LOADING, status("a").state());
        assertEquals("fp32", status("a").dtype());
        assertEquals(Failure.Code.NO_WORKER, failure(submitted("a", 1)).code());
        mayLoad.countDown();
        await("a", ModelState.SERVING);
        assertEquals(5, finished(submitted("a", 5)).completionTokens());
        assertEquals(EngineFixture.CONTEXT, status("a").maxModelLen());
        assertEquals(0, openModels.get(), "the weights are not kept mapped");
        assertEquals(List.of("a", "b", "damaged", "endless"), host.status().stored());
        assertEquals("scripted", host.status().computeProfile());
    }

    @Test
    void servesSeveralModelsAtOnce() {
        host.serve("a");
        host.serve("b");
        await("a", ModelState.SERVING);
        await("b", ModelState.SERVING);
        RecordingListener first = submitted("a", 50);
        RecordingListener second = submitted("b", 50);
        finished(first);
        assertEquals(finished(first).completionTokens(), finished(second).completionTokens());
        assertEquals(2, runners.size());
    }

    @Test
    void servingTwiceLoadsOnce() {
        host.serve("a");
        host.serve("a");
        await("a", ModelState.SERVING);
        host.serve("a");
        assertEquals(1, runners.size());
    }

    @Test
    void tellsWhyAModelCannotBeLoaded() {
        host.serve("damaged");
        await("damaged", ModelState.FAILED);
        assertEquals("The weights do not fit.", status("damaged").detail());
        host.serve("missing");
        await("missing", ModelState.FAILED);
        assertEquals("There is no model missing in the store.", status("missing").detail());
        assertEquals(Failure.Code.NO_WORKER, failure(submitted("missing", 1)).code());
        host.unserve("missing");
        assertEquals(Failure.Code.MODEL_NOT_FOUND, failure(submitted("missing", 1)).code());
        assertEquals(0, openModels.get());
    }

    @Test
    void unservingFinishesWhatRunsThenFreesTheModel() {
        host.serve("a");
        await("a", ModelState.SERVING);
        mayStep = new CountDownLatch(1);
        RecordingListener running = submitted("a", 20);
        host.unserve("a");
        assertEquals(ModelState.DRAINING, status("a").state());
        assertEquals(Failure.Code.NO_WORKER, failure(submitted("a", 1)).code());
        mayStep.countDown();
        assertEquals(20, finished(running).completionTokens());
        awaitGone("a");
        assertTrue(runners.get(0).isClosed());
    }

    @Test
    void aModelAskedForAgainWhileItDrainsComesBack() {
        host.serve("a");
        await("a", ModelState.SERVING);
        mayStep = new CountDownLatch(1);
        RecordingListener running = submitted("a", 20);
        host.unserve("a");
        host.serve("a");
        mayStep.countDown();
        finished(running);
        await("a", ModelState.SERVING);
        assertEquals(2, runners.size());
        assertEquals(3, finished(submitted("a", 3)).completionTokens());
    }

    @Test
    void aModelUnservedWhileItLoadsIsFreed() {
        mayLoad = new CountDownLatch(1);
        host.serve("a");
        host.serve("b");
        host.unserve("a");
        host.unserve("b");
        mayLoad.countDown();
        awaitGone("a");
        awaitGone("b");
        assertTrue(runners.stream().allMatch(ScriptedModelRunner::isClosed));
    }

    @Test
    void closingGivesUpLoading() {
        host.serve("endless");
        while (!status("endless").detail().equals("Packing without end.")) {
            Thread.onSpinWait();
        }
        host.close();
        assertEquals(0, openModels.get());
        assertEquals(List.of(), host.status().models());
    }

    @Test
    void tokenizesAsTheModelDoes() {
        host.serve("a");
        await("a", ModelState.SERVING);
        var tokenization = host.tokenize("a", new Prompt.Text("hé", true)).toCompletableFuture().join();
        assertEquals(4, tokenization.tokens().length);
        assertEquals(FixedTokenizer.BOS, tokenization.tokens()[0]);
        assertEquals(EngineFixture.CONTEXT, tokenization.maxModelLen());
        assertArrayEquals(FixedTokenizer.ids("hé"),
                host.tokenize("a", new Prompt.Text("hé", false)).toCompletableFuture().join().tokens());
        assertEquals("hé", host.detokenize("a", tokenization.tokens()).toCompletableFuture().join());
        assertEquals(Failure.Code.INVALID_PROMPT, failureOf(() -> host.detokenize("a", new int[] {-1}).toCompletableFuture().join()));
        assertEquals(Failure.Code.MODEL_NOT_FOUND, failureOf(() -> host.tokenize("x", new Prompt.Text("a", true)).toCompletableFuture().join()));
    }

    @Test
    void closingFreesEveryModelEvenOneThatLoads() {
        host.serve("a");
        await("a", ModelState.SERVING);
        mayLoad = new CountDownLatch(1);
        host.serve("b");
        while (!status("b").detail().startsWith("Packing")) {
            Thread.onSpinWait();
        }
        RecordingListener running = submitted("a", 1000);
        new Thread(mayLoad::countDown).start();
        host.close();
        assertTrue(running.awaitTerminal() instanceof Failure);
        assertEquals(2, runners.size());
        assertTrue(runners.stream().allMatch(ScriptedModelRunner::isClosed));
    }

    private RecordingListener submitted(String model, int tokens) {
        RecordingListener listener = new RecordingListener();
        host.submit(new GenerationRequest("h", model, new Prompt.Text("prompt", false), SamplingParams.GREEDY,
                stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE, CacheSalt.PUBLIC, FairShare.SINGLE), listener);
        return listener;
    }

    private Failure.Code failureOf(Runnable question) {
        CompletionException thrown = assertThrows(CompletionException.class, question::run);
        return ((FailureException) thrown.getCause()).failure().code();
    }

    private ModelStatus status(String model) {
        return host.status().models().stream().filter(status -> status.name().equals(model)).findFirst()
                .orElseThrow(() -> new NoSuchElementException(model));
    }

    private void await(String model, ModelState state) {
        while (status(model).state() != state) {
            Thread.onSpinWait();
        }
    }

    private void awaitGone(String model) {
        while (host.status().models().stream().anyMatch(status -> status.name().equals(model))) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A store of a few models that counts how many are open. */
    private final class FixedModels implements StoredModels {

        @Override
        public List<String> names() {
            return List.of("a", "b", "damaged", "endless");
        }

        @Override
        public StoredModel open(String name) throws IOException {
            if (!names().contains(name)) {
                throw new IOException("There is no model " + name + " in the store.");
            }
            openModels.incrementAndGet();
            return new StoredModel() {
                @Override
                public ModelManifest manifest() {
                    return EngineFixture.manifest(name, "chatml", true);
                }

                @Override
                public Optional<Tokenizer> tokenizer() {
                    return Optional.of(EngineFixture.WORDS);
                }

                @Override
                public Weights weights() {
                    throw new NoSuchElementException("A scripted model has no weights.");
                }

                @Override
                public void close() {
                    openModels.decrementAndGet();
                }
            };
        }
    }
}
