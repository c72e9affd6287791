package org.altiplano.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.text.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one served model: its engine thread, which runs the {@link EngineLoop}, and the threads that tell its listeners.
 * Requests are parsed on the caller's thread. Life: {@link #start}; then {@link #drain}, freed when the last generation has
 * ended, or {@link #close}, which fails those under way.
 */
final class LlmEngine implements InferenceBackend, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LlmEngine.class);

    private final ModelManifest manifest;
    private final ModelRunner runner;
    private final WaitingRoom room;
    private final LongSupplier nanoTime;
    private final LongSupplier freshSeeds;
    private final ModelText text;
    private final int maxModelLen;
    private final int kvCapacity;
    private final Intake intake;
    private final TokenRate rate = new TokenRate();
    private final EngineLoop loop;
    private final Thread thread;
    private final ExecutorService listeners;
    private final Pins pins;
    private final CompletableFuture<Optional<String>> freed = new CompletableFuture<>();
    /** Guarded by this. */
    private boolean refusing;

    private LlmEngine(ModelManifest manifest, Optional<Tokenizer> tokenizer, ModelRunner runner, KvMemory memory, EngineSettings settings,
                      LongSupplier nanoTime, LongSupplier freshSeeds) {
        this.manifest = manifest;
        this.runner = runner;
        this.room = new WaitingRoom(settings.maxQueued());
        this.nanoTime = nanoTime;
        this.freshSeeds = freshSeeds;
        this.text = new ModelText(manifest, tokenizer);
        this.kvCapacity = memory.capacity();
        int context = manifest.config().shape().context();
        this.maxModelLen = Math.min(context, kvCapacity);
        if (maxModelLen < context) {
            LOG.warn("{}: KV memory for {} tokens cuts the context from {} to {} tokens.", manifest.name(), kvCapacity,
                    context, maxModelLen);
        }
        this.intake = new Intake(manifest.name(), manifest.config().shape().vocabulary(), maxModelLen, manifest.eosIds(), text);
        this.loop = new EngineLoop(runner, memory, settings, nanoTime, rate);
        this.pins = new Pins(text, maxModelLen, new PinEngine());
        this.thread = new Thread(this::live, "engine-" + manifest.name());
        this.listeners = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread teller = new Thread(task, "listeners-" + manifest.name());
            teller.setDaemon(true);
            return teller;
        });
    }

    /**
     * Starts the engine's thread, which owns the runner from now on.
     *
     * @param nanoTime as {@link System#nanoTime()}
     * @param freshSeeds seeds for requests without one; called from any thread
     */
    static LlmEngine start(ModelManifest manifest, Optional<Tokenizer> tokenizer, ModelRunner runner,
                           EngineSettings settings, LongSupplier nanoTime, LongSupplier freshSeeds) {
        return start(manifest, tokenizer, runner, new KvMemory(runner.arenaBlocks()), settings, nanoTime, freshSeeds);
    }

    /** @param memory of at most as many blocks as the runner's arena */
    static LlmEngine start(ModelManifest manifest, Optional<Tokenizer> tokenizer, ModelRunner runner, KvMemory memory,
                           EngineSettings settings, LongSupplier nanoTime, LongSupplier freshSeeds) {
        LlmEngine engine = new LlmEngine(manifest, tokenizer, runner, memory, settings, nanoTime, freshSeeds);
        engine.thread.setDaemon(true);
        engine.thread.start();
        return engine;
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        long now = nanoTime.getAsLong();
        Handle handle = new Handle();
        Mailbox mailbox = new Mailbox(request.id(), listener, listeners, handle::cancel);
        try {
            requireOpen();
            room.enter();
            try {
                Intake.Work work = intake.parse(request);
                long seed = request.sampling().seed().orElseGet(freshSeeds);
                enqueue(handle.of(new Ongoing(work, text, mailbox, seed, now, room)));
            } catch (RuntimeException | Error e) {
                room.leave();
                throw e;
            }
        } catch (FailureException e) {
            mailbox.onFailed(e.failure());
        } catch (RuntimeException | Error e) {
            LOG.error("Generation {} could not be started.", request.id(), e);
            mailbox.onFailed(new Failure(Failure.Code.ENGINE_FAILED, "The engine failed on this request."));
        }
        return handle;
    }

    /** Keeps these prefixes computed for all, and no others. */
    void pin(List<PinnedPrefix> prefixes) {
        requireOpen();
        pins.set(prefixes);
    }

    /** The model's text side, for tokenization. */
    ModelText text() {
        return text;
    }

    /** Most tokens of prompt and answer together. */
    int maxModelLen() {
        return maxModelLen;
    }

    EngineStatus.ModelStatus status(EngineStatus.ModelState state) {
        EngineLoop.Load load = loop.load();
        return new EngineStatus.ModelStatus(manifest.name(), state, "", manifest.dtype().word(), manifest.chatTemplate(),
                maxModelLen, Math.max(room.size(), load.waiting()), load.running(), load.kvUsed(), kvCapacity,
                load.promptTokens(), load.generatedTokens(), load.preemptions(), rate.perSecond(nanoTime.getAsLong()), cache(load.cache()));
    }

    /** Takes no more generations; the engine is freed when those it has are done. */
    void drain() {
        refuse();
        loop.drain();
    }

    /** Completes when the runner is closed; with a sentence if the engine broke down. */
    CompletionStage<Optional<String>> freed() {
        return freed;
    }

    /** Fails what is under way, frees the runner and waits for that. */
    @Override
    public void close() {
        refuse();
        loop.close();
        freed.join();
    }

    private EngineStatus.PrefixCacheStatus cache(EngineLoop.CacheLoad cache) {
        return new EngineStatus.PrefixCacheStatus(cache.queried(), cache.hit(), cache.size().cached(), cache.size().pinned(),
                cache.size().evicted(), pins.status());
    }

    private synchronized void enqueue(Ongoing generation) {
        requireOpen();
        generation.accept();
        loop.accept(generation);
    }

    private synchronized void requireOpen() {
        if (refusing) {
            throw new FailureException(Failure.Code.NO_WORKER, "The model " + manifest.name() + " is being unloaded.");
        }
    }

    private synchronized void refuse() {
        refusing = true;
    }

    private void live() {
        Optional<String> trouble = Optional.empty();
        try {
            loop.run(pins::renew);
        } catch (RuntimeException | Error e) {
            LOG.error("The engine of {} broke down.", manifest.name(), e);
            trouble = Optional.of("The engine broke down: " + e);
        }
        try {
            refuse();
            loop.failRest(new Failure(Failure.Code.ENGINE_FAILED, "The engine was shut down before the generation ended."));
            runner.close();
        } finally {
            listeners.shutdown();
            freed.complete(trouble);
        }
    }

    /** What the caller holds; of a generation that was refused, it does nothing. */
    private final class Handle implements Generation {
        private volatile Optional<Ongoing> generation = Optional.empty();

        Ongoing of(Ongoing accepted) {
            generation = Optional.of(accepted);
            return accepted;
        }

        @Override
        public void cancel() {
            generation.ifPresent(loop::cancel);
        }
    }

    /** A pin is a generation of one token under the public salt, in its turn, whose prompt is then held fast. */
    private final class PinEngine implements Pins.Engine {

        @Override
        public CompletionStage<?> warm(int[] prefix) {
            CompletableFuture<Finished> warmed = new CompletableFuture<>();
            GenerationRequest request = new GenerationRequest("pin", manifest.name(), new Prompt.Tokens(prefix), SamplingParams.GREEDY,
                    StopConditions.after(1), OutputOptions.NONE, CacheSalt.PUBLIC, FairShare.SINGLE);
            submit(request, new GenerationListener() {
                @Override
                public void onTokens(TokenChunk chunk) {
                    // Nobody reads it.
                }

                @Override
                public void onFinished(Finished finished) {
                    warmed.complete(finished);
                }

                @Override
                public void onFailed(Failure failure) {
                    warmed.completeExceptionally(new FailureException(failure));
                }
            });
            return warmed;
        }

        @Override
        public CompletionStage<Integer> pin(int[] prefix) {
            return loop.pin(prefix);
        }

        @Override
        public void unpin(int[] prefix) {
            loop.unpin(prefix);
        }
    }
}
