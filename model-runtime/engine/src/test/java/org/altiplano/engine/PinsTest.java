package org.altiplano.engine;

import static org.altiplano.engine.EngineFixture.SETTINGS;
import static org.altiplano.engine.EngineFixture.VOCABULARY;
import static org.altiplano.engine.EngineFixture.WORDS;
import static org.altiplano.engine.EngineFixture.engine;
import static org.altiplano.engine.EngineFixture.finished;
import static org.altiplano.engine.EngineFixture.manifest;
import static org.altiplano.engine.EngineFixture.request;
import static org.altiplano.engine.EngineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PinsTest {

    /** In ChatML: a control token, "system" and a newline, the text, a control token, a newline, a control token, "user" and a newline. */
    private static final int AROUND = 1 + 7 + 1 + 1 + 1 + 5;
    private static final String SYSTEM = "s".repeat(100);
    private static final int PINNED = (100 + AROUND) / 32 * 32;

    @Test
    void aPinnedPrefixIsThereForEveryTenantFromTheFirstRequestOn() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            engine.pin(List.of(new PinnedPrefix("a.1", SYSTEM)));
            await(engine, new EngineStatus.Pin("a.1", PINNED, PINNED, ""));
            assertEquals(PINNED, engine.status(ModelState.SERVING).prefixCache().pinned());
            assertEquals(PINNED, cached(engine, "one", SYSTEM, "question"));
            assertEquals(PINNED, cached(engine, "other", SYSTEM, "question"));
        }
    }

    @Test
    void whatComesAfterAPinnedPrefixIsFoundByItsOwnTenantOnly() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            engine.pin(List.of(new PinnedPrefix("a.1", SYSTEM)));
            await(engine, new EngineStatus.Pin("a.1", PINNED, PINNED, ""));
            String secret = "the same long question of two tenants. ".repeat(4);
            assertEquals(PINNED, cached(engine, "one", SYSTEM, secret));
            assertEquals(PINNED, cached(engine, "other", SYSTEM, secret), "the other tenant's question is not found");
            assertTrue(cached(engine, "one", SYSTEM, secret) >= PINNED + 4 * 32, "its own is");
            engine.pin(List.of());
            assertTrue(cached(engine, "one", SYSTEM, secret) >= PINNED + 4 * 32, "also when the pin is gone");
            engine.pin(List.of(new PinnedPrefix("b.1", SYSTEM + secret)));
            Eventually.holds("pinned", () -> pins(engine).get(0).pinned() > 0);
            assertTrue(cached(engine, "third", SYSTEM + secret, "q") > PINNED, "the operator's own text is everybody's");
        }
    }

    @Test
    void keepsWhatItIsToldAndNothingElse() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            PinnedPrefix first = new PinnedPrefix("a.1", SYSTEM);
            PinnedPrefix twin = new PinnedPrefix("twin.1", SYSTEM);
            PinnedPrefix other = new PinnedPrefix("b.7", "t".repeat(60));
            engine.pin(List.of(first, twin, other));
            Eventually.holds("all are pinned", () -> pins(engine).stream().allMatch(pin -> pin.pinned() > 0));
            assertEquals(PINNED + 64, engine.status(ModelState.SERVING).prefixCache().pinned());
            engine.pin(List.of(first, other));
            run(engine, request("something else", StopConditions.after(2)));
            assertEquals(PINNED + 64, engine.status(ModelState.SERVING).prefixCache().pinned(), "the one of equal text is still pinned");
            engine.pin(List.of(other));
            run(engine, request("something else", StopConditions.after(2)));
            Eventually.holds("only one is left", () -> engine.status(ModelState.SERVING).prefixCache().pinned() == 64);
            assertEquals(List.of(new EngineStatus.Pin("b.7", 64, 64, "")), pins(engine));
        }
    }

    @Test
    void computesAnewWhatALoneGenerationHadToTake() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(320, VOCABULARY))) {
            engine.pin(List.of(new PinnedPrefix("a.1", SYSTEM)));
            await(engine, new EngineStatus.Pin("a.1", PINNED, PINNED, ""));
            assertEquals(0, finished(run(engine, request("x".repeat(280), StopConditions.after(30)))).cachedTokens());
            Eventually.holds("it is pinned again", () -> engine.status(ModelState.SERVING).prefixCache().pinned() == PINNED
                    && pins(engine).get(0).pinned() == PINNED);
            assertEquals(PINNED, cached(engine, "one", SYSTEM, "q"));
        }
    }

    @Test
    void saysWhyAPrefixIsNotPinned() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(320, VOCABULARY))) {
            engine.pin(List.of(new PinnedPrefix("short.1", "s"), new PinnedPrefix("long.1", "s".repeat(400)),
                    new PinnedPrefix("half.1", "s".repeat(200))));
            assertEquals("It has " + (1 + AROUND) + " tokens; only 32 and more can be pinned.", pins(engine).get(0).detail());
            assertEquals("It has " + (400 + AROUND) + " tokens; the model's context has 320.", pins(engine).get(1).detail());
            await(engine, new EngineStatus.Pin("half.1", 192, 160, "There is room for no more: at most half the KV memory is pinned."));
        }
        try (LlmEngine engine = LlmEngine.start(manifest("tiny", "none", true), Optional.of(WORDS),
                ScriptedModelRunner.hashing(320, VOCABULARY), SETTINGS, System::nanoTime, () -> 42)) {
            engine.pin(List.of(new PinnedPrefix("a.1", SYSTEM)));
            assertEquals("The model tiny has no chat template; use text completions.", pins(engine).get(0).detail());
        }
    }

    @Test
    void forgetsAPrefixThatFoundNoRoomInTheQueueSoThatItIsSentAgain() {
        CountDownLatch mayStep = new CountDownLatch(1);
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY).before(step -> await(mayStep));
        try (LlmEngine engine = engine(runner, new EngineSettings(1, 64, 1, Duration.ofMillis(250)))) {
            RecordingListener running = new RecordingListener();
            engine.submit(request("first", StopConditions.after(1)), running);
            Eventually.holds("it runs", () -> engine.status(ModelState.SERVING).queued() == 0);
            RecordingListener waiting = new RecordingListener();
            engine.submit(request("second", StopConditions.after(1)), waiting);
            PinnedPrefix prefix = new PinnedPrefix("a.1", SYSTEM);
            engine.pin(List.of(prefix));
            Eventually.holds("it is forgotten", () -> pins(engine).isEmpty());
            mayStep.countDown();
            finished(running);
            finished(waiting);
            engine.pin(List.of(prefix));
            await(engine, new EngineStatus.Pin("a.1", PINNED, PINNED, ""));
        }
    }

    private static int cached(LlmEngine engine, String tenant, String system, String user) {
        Prompt prompt = new Prompt.Chat(List.of(new Message(Message.Role.SYSTEM, system), new Message(Message.Role.USER, user)));
        return finished(run(engine, request(prompt, SamplingParams.GREEDY, StopConditions.after(2), OutputOptions.NONE,
                new CacheSalt(tenant)))).cachedTokens();
    }

    private static void await(LlmEngine engine, EngineStatus.Pin pin) {
        Eventually.holds(pin + " is told, not " + pins(engine), () -> pins(engine).contains(pin));
    }

    private static List<EngineStatus.Pin> pins(LlmEngine engine) {
        return engine.status(ModelState.SERVING).prefixCache().pins();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
