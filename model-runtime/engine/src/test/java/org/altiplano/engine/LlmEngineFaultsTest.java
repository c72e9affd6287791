package org.altiplano.engine;

import static org.altiplano.engine.EngineFixture.SETTINGS;
import static org.altiplano.engine.EngineFixture.VOCABULARY;
import static org.altiplano.engine.EngineFixture.engine;
import static org.altiplano.engine.EngineFixture.failure;
import static org.altiplano.engine.EngineFixture.finished;
import static org.altiplano.engine.EngineFixture.request;
import static org.altiplano.engine.EngineFixture.run;
import static org.altiplano.engine.EngineFixture.stop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.NonFiniteLogitsException;
import org.altiplano.engine.model.StepInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LlmEngineFaultsTest {

    private static final StopConditions ENDLESS = stop(1000, 0, List.of(), Set.of(), true);

    @Test
    void cancelsAWaitingGeneration() {
        Gate gate = new Gate();
        EngineSettings one = new EngineSettings(1, 64, 10, SETTINGS.stepTarget());
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY).before(gate), one)) {
            RecordingListener running = new RecordingListener();
            RecordingListener waiting = new RecordingListener();
            Generation first = engine.submit(request("a", ENDLESS), running);
            gate.awaitStep();
            engine.submit(request("b", ENDLESS), waiting).cancel();
            gate.open();
            assertEquals(FinishReason.CANCELLED, finished(waiting).reason());
            assertEquals(List.of(), waiting.tokenIds());
            first.cancel();
            assertEquals(FinishReason.CANCELLED, finished(running).reason());
        }
    }

    @Test
    void cancelsDuringPrefill() {
        Gate gate = new Gate();
        EngineSettings narrow = new EngineSettings(2, 32, 10, SETTINGS.stepTarget());
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY).before(gate), narrow)) {
            RecordingListener heard = new RecordingListener();
            Generation generation = engine.submit(request("x".repeat(500), StopConditions.after(10)), heard);
            gate.awaitStep();
            generation.cancel();
            gate.open();
            assertEquals(FinishReason.CANCELLED, finished(heard).reason());
            assertEquals(0, finished(heard).completionTokens());
            assertEquals(0, engine.status(ModelState.SERVING).queued());
        }
    }

    @Test
    void cancelsDuringDecodeAndReportsWhatWasHeldBack() {
        Gate gate = new Gate();
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, FixedTokenizer.ids("ab stop")).before(step -> {
            if (step.rows().get(0).position() == 5) {
                gate.accept(step);
            }
        }))) {
            RecordingListener heard = new RecordingListener();
            Generation generation = engine.submit(request("a", stop(100, 0, List.of("stop"), Set.of(), false)), heard);
            gate.awaitStep();
            generation.cancel();
            generation.cancel();
            gate.open();
            Finished end = finished(heard);
            assertEquals(FinishReason.CANCELLED, end.reason());
            assertEquals("ab sto", heard.text());
            assertEquals(6, end.completionTokens());
            assertEquals(6, heard.tokenIds().size());
            generation.cancel();
        }
    }

    @Test
    void cancelsAPreemptedGeneration() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(128, VOCABULARY))) {
            List<RecordingListener> all = new ArrayList<>();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                RecordingListener listener = new RecordingListener();
                generations.add(engine.submit(request("abc", stop(125, 0, List.of(), Set.of(), true)), listener));
                all.add(listener);
            }
            while (engine.status(ModelState.SERVING).preemptionsTotal() == 0) {
                Thread.onSpinWait();
            }
            generations.forEach(Generation::cancel);
            all.forEach(RecordingListener::awaitTerminal);
            assertEquals(10, finished(run(engine, request("abc", stop(10, 0, List.of(), Set.of(), true)))).completionTokens());
        }
    }

    @Test
    void refusesMoreThanTheQueueHolds() {
        Gate gate = new Gate();
        EngineSettings two = new EngineSettings(1, 64, 2, SETTINGS.stepTarget());
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY).before(gate), two)) {
            List<RecordingListener> accepted = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RecordingListener listener = new RecordingListener();
                engine.submit(request("a", StopConditions.after(3)), listener);
                accepted.add(listener);
                if (i == 0) {
                    gate.awaitStep();
                }
            }
            RecordingListener late = new RecordingListener();
            engine.submit(request("a", StopConditions.after(3)), late);
            assertEquals(Failure.Code.QUEUE_FULL, failure(late).code());
            assertEquals(2, engine.status(ModelState.SERVING).queued());
            gate.open();
            accepted.forEach(EngineFixture::finished);
            run(engine, request("a", StopConditions.after(3)));
        }
    }

    @Test
    void aFailedStepFailsOnlyTheGenerationsInIt() {
        AtomicInteger steps = new AtomicInteger();
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY).before(step -> {
            if (steps.incrementAndGet() == 3) {
                throw new IllegalStateException("out of device memory");
            }
        }))) {
            RecordingListener heard = new RecordingListener();
            engine.submit(request("a", ENDLESS), heard);
            assertEquals(Failure.Code.ENGINE_FAILED, failure(heard).code());
            assertTrue(!failure(heard).message().contains("memory"), "the cause is for the log");
            assertEquals(5, finished(run(engine, request("a", StopConditions.after(5)))).completionTokens());
            Eventually.holds("the counters show that it ended", () -> engine.status(ModelState.SERVING).running() == 0);
        }
    }

    @Test
    void onlyTheGuiltyRowsFailWhenTheModelNamesThem() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY).before(step -> {
            for (int i = 0; i < step.rows().size(); i++) {
                StepInput.Row row = step.rows().get(i);
                if (row.position() == 0 && row.tokens()[0] == FixedTokenizer.ids("!")[0]) {
                    throw new NonFiniteLogitsException(List.of(i));
                }
            }
        }))) {
            List<Integer> alone = run(engine, request("good", stop(20, 0, List.of(), Set.of(), true))).tokenIds();
            RecordingListener good = new RecordingListener();
            RecordingListener bad = new RecordingListener();
            engine.submit(request("good", stop(20, 0, List.of(), Set.of(), true)), good);
            engine.submit(request("!", ENDLESS), bad);
            assertTrue(failure(bad).message().contains("not a number"));
            finished(good);
            assertEquals(alone, good.tokenIds());
        }
    }

    @Test
    void aListenerThatThrowsLosesOnlyItsOwnGeneration() throws InterruptedException {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            for (int event = 0; event < 2; event++) {
                Throwing throwing = new Throwing(event);
                RecordingListener other = new RecordingListener();
                engine.submit(request("a", ENDLESS), throwing);
                engine.submit(request("b", stop(100, 0, List.of(), Set.of(), true)), other);
                assertTrue(throwing.ended.await(30, TimeUnit.SECONDS));
                assertEquals(1, throwing.heard.get(), "nothing more but the end");
                assertEquals(100, finished(other).completionTokens());
            }
        }
    }

    @Test
    void aListenerThatBlocksHoldsUpNobodyElse() {
        CountDownLatch release = new CountDownLatch(1);
        RecordingListener slow = new RecordingListener() {
            @Override
            public void onTokens(TokenChunk chunk) {
                await(release);
                super.onTokens(chunk);
            }
        };
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            engine.submit(request("a", StopConditions.after(50)), slow);
            assertEquals(100, finished(run(engine, request("b", stop(100, 0, List.of(), Set.of(), true)))).completionTokens());
            release.countDown();
            assertEquals(finished(slow).completionTokens(), slow.tokenIds().size());
        }
    }

    @Test
    void closingFailsWhatIsUnderWay() {
        Gate gate = new Gate();
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY).before(gate);
        LlmEngine engine = engine(runner, new EngineSettings(1, 64, 10, SETTINGS.stepTarget()));
        RecordingListener running = new RecordingListener();
        RecordingListener waiting = new RecordingListener();
        engine.submit(request("a", ENDLESS), running);
        gate.awaitStep();
        engine.submit(request("a", ENDLESS), waiting);
        gate.open();
        engine.close();
        assertEquals(Failure.Code.ENGINE_FAILED, failure(running).code());
        assertEquals(Failure.Code.ENGINE_FAILED, failure(waiting).code());
        assertTrue(runner.isClosed());
        RecordingListener late = new RecordingListener();
        engine.submit(request("a", ENDLESS), late);
        assertEquals(Failure.Code.NO_WORKER, failure(late).code());
        engine.close();
    }

    @Test
    void drainingFinishesWhatIsUnderWayAndRefusesTheRest() {
        Gate gate = new Gate();
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY).before(gate);
        LlmEngine engine = engine(runner);
        RecordingListener running = new RecordingListener();
        RecordingListener late = new RecordingListener();
        engine.submit(request("a", stop(30, 0, List.of(), Set.of(), true)), running);
        gate.awaitStep();
        engine.drain();
        engine.submit(request("a", ENDLESS), late);
        gate.open();
        assertEquals(Failure.Code.NO_WORKER, failure(late).code());
        assertEquals(30, finished(running).completionTokens());
        engine.freed().toCompletableFuture().join();
        assertTrue(runner.isClosed());
    }

    @Test
    void anIdleEngineDrainsAtOnce() {
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY);
        LlmEngine engine = engine(runner);
        engine.drain();
        engine.freed().toCompletableFuture().join();
        assertTrue(runner.isClosed());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops the engine's thread before a step, until it is opened. */
    private static final class Gate implements Consumer<StepInput> {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public void accept(StepInput step) {
            reached.countDown();
            LlmEngineFaultsTest.await(open);
        }

        void awaitStep() {
            LlmEngineFaultsTest.await(reached);
        }

        void open() {
            open.countDown();
        }
    }

    /** Throws at its first onAccepted (0) or onTokens (1), and at the end once more. */
    private static final class Throwing implements GenerationListener {
        private final int event;
        private final AtomicInteger heard = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);

        Throwing(int event) {
            this.event = event;
        }

        @Override
        public void onAccepted(Accepted accepted) {
            if (event == 0) {
                heard.incrementAndGet();
                throw new IllegalStateException("accepted");
            }
        }

        @Override
        public void onTokens(TokenChunk chunk) {
            heard.incrementAndGet();
            throw new IllegalStateException("tokens");
        }

        @Override
        public void onFinished(Finished finished) {
            ended.countDown();
            throw new IllegalStateException("finished");
        }

        @Override
        public void onFailed(Failure failure) {
            throw new AssertionError(failure);
        }
    }
}
