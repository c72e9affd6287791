package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.text.Tokenizer;

/** Small models and requests for the tests of the engine. */
final class EngineFixture {

    static final int CONTEXT = 1024;
    static final Tokenizer WORDS = new FixedTokenizer("hello", " world", "stop", "é\uD83D\uDE00");
    static final int VOCABULARY = WORDS.size();
    static final int HELLO = FixedTokenizer.FIRST_PIECE;
    static final int WORLD = HELLO + 1;
    static final EngineSettings SETTINGS = new EngineSettings(16, 64, 1000, Duration.ofMillis(250));

    private static final AtomicInteger IDS = new AtomicInteger();

    private EngineFixture() {
    }

    static ModelManifest manifest(String name, String chatTemplate, boolean tokenizer) {
        ModelShape shape = new ModelShape(1, 8, 2, 2, 4, 16, VOCABULARY, CONTEXT, true);
        return new ModelManifest(name, new ModelConfig(shape, 1e-5, 10_000, 1), Dtype.FP32, chatTemplate,
                Set.of(FixedTokenizer.EOS), tokenizer, List.of(), Instant.EPOCH);
    }

    static LlmEngine engine(ScriptedModelRunner runner) {
        return engine(runner, SETTINGS);
    }

    static LlmEngine engine(ScriptedModelRunner runner, EngineSettings settings) {
        return LlmEngine.start(manifest("tiny", "chatml", true), Optional.of(WORDS), runner, settings, System::nanoTime, () -> 42);
    }

    static GenerationRequest request(Prompt prompt, SamplingParams sampling, StopConditions stop, OutputOptions output) {
        return request(prompt, sampling, stop, output, CacheSalt.PUBLIC);
    }

    static GenerationRequest request(Prompt prompt, SamplingParams sampling, StopConditions stop, OutputOptions output, CacheSalt salt) {
        return new GenerationRequest("g" + IDS.incrementAndGet(), "tiny", prompt, sampling, stop, output, salt, FairShare.SINGLE);
    }

    static GenerationRequest request(String prompt, StopConditions stop) {
        return request(new Prompt.Text(prompt, false), SamplingParams.GREEDY, stop, OutputOptions.NONE);
    }

    static StopConditions stop(int maxTokens, int minTokens, List<String> strings, Set<Integer> ids, boolean ignoreEos) {
        return new StopConditions(OptionalInt.of(maxTokens), minTokens, strings, ids, ignoreEos);
    }

    static RecordingListener run(LlmEngine engine, GenerationRequest request) {
        RecordingListener listener = new RecordingListener();
        engine.submit(request, listener);
        finished(listener);
        return listener;
    }

    static Finished finished(RecordingListener listener) {
        return assertInstanceOf(Finished.class, listener.awaitTerminal());
    }

    static Failure failure(RecordingListener listener) {
        return assertInstanceOf(Failure.class, listener.awaitTerminal());
    }
}
