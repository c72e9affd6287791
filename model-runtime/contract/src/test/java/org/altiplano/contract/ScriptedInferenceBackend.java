package org.altiplano.contract;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A worker without a model: every generation recites a fixed list of pieces, one per period, on the script's own timer
 * thread. Token ids are the pieces' positions in the script; a text prompt counts one token per character. An answer begun
 * elsewhere is recited from the piece after it.
 */
public final class ScriptedInferenceBackend implements InferenceBackend, TokenizationBackend, ModelHost, AutoCloseable {

    private final List<String> script;
    private final Duration period;
    private final int maxModelLen;
    private final Map<String, EngineStatus.ModelState> models = new ConcurrentHashMap<>();
    private final Map<String, List<PinnedPrefix>> pins = new ConcurrentHashMap<>();
    private final Map<String, Recital> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "script");
        thread.setDaemon(true);
        return thread;
    });

    public ScriptedInferenceBackend(List<String> script, Duration period, int maxModelLen) {
        this.script = List.copyOf(script);
        this.period = period;
        this.maxModelLen = maxModelLen;
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        if (models.get(request.model()) != EngineStatus.ModelState.SERVING) {
            listener.onFailed(new Failure(Failure.Code.MODEL_NOT_FOUND, "The model " + request.model() + " is not held here."));
            return () -> { };
        }
        int[] prompt = tokens(request.prompt());
        if (prompt.length >= maxModelLen) {
            listener.onFailed(new Failure(Failure.Code.CONTEXT_LENGTH_EXCEEDED, "This model's maximum context length is "
                    + maxModelLen + " tokens. However, your prompt has " + prompt.length + " tokens."));
            return () -> { };
        }
        Recital recital = new Recital(request, prompt, listener);
        running.put(request.id(), recital);
        recital.start();
        return recital::cancel;
    }

    @Override
    public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
        return CompletableFuture.completedFuture(new Tokenization(tokens(prompt), maxModelLen));
    }

    @Override
    public CompletionStage<String> detokenize(String model, int[] tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.appendCodePoint(token);
        }
        return CompletableFuture.completedFuture(text.toString());
    }

    @Override
    public void serve(String model) {
        models.put(model, EngineStatus.ModelState.SERVING);
    }

    @Override
    public void unserve(String model) {
        models.remove(model);
        pins.remove(model);
    }

    /** Every prefix is pinned at once, a token for each character. */
    @Override
    public void pin(String model, List<PinnedPrefix> prefixes) {
        if (models.get(model) != EngineStatus.ModelState.SERVING) {
            throw new FailureException(Failure.Code.MODEL_NOT_FOUND, "The model " + model + " is not held here.");
        }
        pins.put(model, List.copyOf(prefixes));
    }

    /** What {@link #pin} was last told. */
    public List<PinnedPrefix> pinned(String model) {
        return pins.getOrDefault(model, List.of());
    }

    @Override
    public EngineStatus status() {
        List<EngineStatus.ModelStatus> statuses = models.entrySet().stream()
                .map(model -> new EngineStatus.ModelStatus(model.getKey(), model.getValue(), "", "fp32", "chatml",
                        maxModelLen, 0, running.size(), 0, 1_000, 0, 0, 0, 0, cache(model.getKey())))
                .toList();
        return new EngineStatus(statuses, List.copyOf(models.keySet()), "scripted");
    }

    /** Generations under way. */
    public int runningCount() {
        return running.size();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private EngineStatus.PrefixCacheStatus cache(String model) {
        List<EngineStatus.Pin> told = pinned(model).stream()
                .map(pin -> new EngineStatus.Pin(pin.id(), pin.system().length(), pin.system().length(), "")).toList();
        return new EngineStatus.PrefixCacheStatus(0, 0, 0, told.stream().mapToInt(EngineStatus.Pin::pinned).sum(), 0, told);
    }

    private static int[] tokens(Prompt prompt) {
        if (prompt instanceof Prompt.Tokens tokens) {
            return tokens.ids();
        }
        if (prompt instanceof Prompt.Begun begun) {
            return begun.ids();
        }
        if (prompt instanceof Prompt.Text text) {
            return text.text().codePoints().toArray();
        }
        return ((Prompt.Chat) prompt).messages().stream().flatMapToInt(message -> message.content().codePoints()).toArray();
    }

    private final class Recital {
        private final GenerationRequest request;
        private final int[] prompt;
        private final GenerationListener listener;
        private final AtomicBoolean cancelled = new AtomicBoolean();
        private final int length;
        private volatile ScheduledFuture<?> next;
        private final int from;
        private int said;

        Recital(GenerationRequest request, int[] prompt, GenerationListener listener) {
            this.request = request;
            this.prompt = prompt;
            this.listener = listener;
            this.from = request.prompt() instanceof Prompt.Begun begun ? begun.answer().length : 0;
            this.length = (int) Math.min(script.size(), from + (long) request.stop().maxTokens().orElse(Integer.MAX_VALUE));
            this.said = from;
        }

        void start() {
            timer.execute(() -> {
                listener.onAccepted(new Accepted(prompt));
                if (request.output().echo()) {
                    StringBuilder text = new StringBuilder();
                    List<Token> tokens = java.util.Arrays.stream(prompt).mapToObj(id -> {
                        String piece = Character.toString(id);
                        text.append(piece);
                        return new Token(id, TokenBytes.of(piece), Optional.empty());
                    }).toList();
                    listener.onPrompt(new PromptEcho(tokens, text.toString()));
                }
                next = timer.scheduleAtFixedRate(this::say, period.toNanos(), Math.max(1, period.toNanos()), TimeUnit.NANOSECONDS);
            });
        }

        void cancel() {
            cancelled.set(true);
            timer.execute(() -> finish(FinishReason.CANCELLED));
        }

        private void say() {
            if (cancelled.get()) {
                return;
            }
            String piece = script.get(said);
            Optional<Token.Logprob> logprob = request.output().logprobs().isPresent()
                    ? Optional.of(new Token.Logprob(-0.5f, List.of(new Token.Candidate(said, TokenBytes.of(piece), -0.5f))))
                    : Optional.empty();
            listener.onTokens(new TokenChunk(List.of(new Token(said, TokenBytes.of(piece), logprob)), piece));
            if (++said == length) {
                finish(said == script.size() ? FinishReason.STOP : FinishReason.LENGTH);
            }
        }

        private void finish(FinishReason reason) {
            if (running.remove(request.id(), this)) {
                if (next != null) {
                    next.cancel(false);
                }
                listener.onFinished(new Finished(reason, prompt.length, 0, said - from, Duration.ZERO, period, period.multipliedBy(said - from)));
            }
        }
    }
}
