package org.altiplano.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.ModelHost;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.ScriptedInferenceBackend;
import org.altiplano.contract.ScriptedModelStorage;
import org.altiplano.contract.TokenChunk;
import org.altiplano.contract.TokenizationBackend;

/**
 * A worker whose models each behave in one way: {@code fast} and {@code slow} recite, {@code huge} recites more than
 * any socket buffer holds, {@code short} has a context of 16 tokens, {@code full} refuses for want of room,
 * {@code silent} accepts and then waits for ever, {@code broken} fails after its first token and
 * tokenizes nothing, {@code brittle} cannot be loaded the first time.
 */
final class ScriptedModels implements InferenceBackend, TokenizationBackend, ModelHost, AutoCloseable {

    static final List<String> FAST = List.of("Hel", "lo", ", ", "wörld", "!");

    private final Map<String, ScriptedInferenceBackend> scripts = new TreeMap<>(Map.of(
            "fast", new ScriptedInferenceBackend(FAST, Duration.ofMillis(1), 100_000),
            "slow", new ScriptedInferenceBackend(Collections.nCopies(10_000, "word "), Duration.ofMillis(10), 100_000),
            "huge", new ScriptedInferenceBackend(Collections.nCopies(100_000, "x".repeat(64 * 1024)), Duration.ofMillis(2), 100_000),
            "short", new ScriptedInferenceBackend(FAST, Duration.ofMillis(1), 16)));
    private final Map<String, EngineStatus.ModelState> served = Collections.synchronizedMap(new TreeMap<>());
    private final AtomicInteger silent = new AtomicInteger();
    private final AtomicBoolean brittleFailed = new AtomicBoolean();

    private final ScriptedModelStorage storage;

    /** @param storage which then has all of them, and those that are added to it */
    ScriptedModels(ScriptedModelStorage storage) {
        this.storage = storage;
        List.of("fast", "slow", "huge", "short", "full", "silent", "broken", "spare", "brittle").forEach(storage::with);
    }

    /** Generations that the model runs now. */
    int running(String model) {
        return model.equals("silent") ? silent.get() : scripts.get(model).runningCount();
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        return switch (request.model()) {
            case "full" -> fail(listener, Failure.Code.QUEUE_FULL, "The queue of the model full is full.");
            case "silent" -> waitForEver(listener);
            case "broken" -> breakDown(request, listener);
            default -> scripts.get(request.model()).submit(request, listener);
        };
    }

    private Generation waitForEver(GenerationListener listener) {
        silent.incrementAndGet();
        listener.onAccepted(new Accepted(new int[] {1, 2, 3}));
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                silent.decrementAndGet();
                listener.onFinished(new Finished(FinishReason.CANCELLED, 3, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
            }
        };
    }

    private static Generation breakDown(GenerationRequest request, GenerationListener listener) {
        listener.onAccepted(new Accepted(new int[] {1}));
        listener.onTokens(new TokenChunk(List.of(), "first"));
        return fail(listener, Failure.Code.ENGINE_FAILED, "The engine failed.");
    }

    private static Generation fail(GenerationListener listener, Failure.Code code, String message) {
        listener.onFailed(new Failure(code, message));
        return () -> { };
    }

    @Override
    public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
        if (prompt instanceof Prompt.Chat) {
            return CompletableFuture.failedFuture(new FailureException(Failure.Code.CHAT_NOT_SUPPORTED, "The model has no chat template."));
        }
        return model.equals("broken") ? refused() : scripts.get(model).tokenize(model, prompt);
    }

    @Override
    public CompletionStage<String> detokenize(String model, int[] tokens) {
        return model.equals("broken") ? refused() : scripts.get(model).detokenize(model, tokens);
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(new FailureException(Failure.Code.INVALID_PROMPT, "Token id 7 is not in the vocabulary."));
    }

    @Override
    public void serve(String model) {
        served.put(model, model.equals("brittle") && brittleFailed.compareAndSet(false, true)
                ? EngineStatus.ModelState.FAILED : EngineStatus.ModelState.SERVING);
        if (scripts.containsKey(model)) {
            scripts.get(model).serve(model);
        }
    }

    @Override
    public void unserve(String model) {
        served.remove(model);
    }

    @Override
    public void pin(String model, List<PinnedPrefix> prefixes) {
        scripts.get(model).pin(model, prefixes);
    }

    @Override
    public EngineStatus status() {
        List<EngineStatus.ModelStatus> models = new ArrayList<>();
        synchronized (served) {
            served.forEach((model, state) -> models.add(new EngineStatus.ModelStatus(model, state, "",
                    "fp32", "chatml", 100_000, 0, scripts.containsKey(model) || model.equals("silent") ? running(model) : 0,
                    0, 1_000, 0, 0, 0, 0, new EngineStatus.PrefixCacheStatus(500, 300, 96, 32, 64, pins(model)))));
        }
        return new EngineStatus(models, storage.stored(), "scripted");
    }

    /** The system prompts that were last to be pinned. */
    List<String> pinned(String model) {
        return scripts.get(model).pinned(model).stream().map(PinnedPrefix::system).toList();
    }

    private List<EngineStatus.Pin> pins(String model) {
        return scripts.containsKey(model) ? scripts.get(model).status().models().stream().filter(status -> status.name().equals(model))
                .flatMap(status -> status.prefixCache().pins().stream()).toList() : List.of();
    }

    @Override
    public void close() {
        scripts.values().forEach(ScriptedInferenceBackend::close);
    }
}
