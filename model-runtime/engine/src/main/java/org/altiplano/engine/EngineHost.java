package org.altiplano.engine;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.ModelHost;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.store.StoredModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the engines of one process, one per served model; any thread. Models are loaded one after the other on a thread of
 * their own, while those already loaded serve. Life of a model: LOADING, SERVING, DRAINING, gone; or FAILED, until it is
 * served again or unserved.
 */
public final class EngineHost implements InferenceBackend, TokenizationBackend, ModelHost, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineHost.class);

    private final StoredModels models;
    private final RunnerFactory runners;
    private final EngineSettings settings;
    private final String computeProfile;
    private final LongSupplier nanoTime;
    private final LongSupplier freshSeeds;
    private final Map<String, HeldModel> held = new TreeMap<>();
    private final ExecutorService loader;
    private boolean closed;

    /**
     * @param computeProfile name of the CPU kernels in use
     * @param nanoTime as {@link System#nanoTime()}
     * @param freshSeeds seeds for requests that name none; called from any thread
     */
    public EngineHost(StoredModels models, RunnerFactory runners, EngineSettings settings, String computeProfile,
                      LongSupplier nanoTime, LongSupplier freshSeeds) {
        this.models = models;
        this.runners = runners;
        this.settings = settings;
        this.computeProfile = computeProfile;
        this.nanoTime = nanoTime;
        this.freshSeeds = freshSeeds;
        this.loader = loader();
    }

    /**
     * Loads one model at a time. Its thread ends when nothing is left to load, and with it the compute threads that libtorch made
     * for it: as long as these exist, those of the engines sleep at every barrier, as if they had to share the cores.
     */
    private static ThreadPoolExecutor loader() {
        return new ThreadPoolExecutor(0, 1, 100, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "model-loader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A host on the machine's clock, with unpredictable seeds. */
    public static EngineHost create(StoredModels models, RunnerFactory runners, EngineSettings settings, String computeProfile) {
        SecureRandom random = new SecureRandom();
        return new EngineHost(models, runners, settings, computeProfile, System::nanoTime, random::nextLong);
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        try {
            return serving(request.model()).submit(request, listener);
        } catch (FailureException e) {
            listener.onFailed(e.failure());
            return () -> { };
        }
    }

    @Override
    public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
        return answer(model, engine -> new Tokenization(engine.text().encode(prompt), engine.maxModelLen()));
    }

    @Override
    public CompletionStage<String> detokenize(String model, int[] tokens) {
        return answer(model, engine -> engine.text().decode(tokens));
    }

    @Override
    public synchronized void serve(String model) {
        HeldModel current = held.get(model);
        if (current != null && !current.hasFailed()) {
            current.want();
        } else if (!closed) {
            HeldModel fresh = new HeldModel(model);
            held.put(model, fresh);
            loader.execute(() -> load(fresh));
        }
    }

    @Override
    public synchronized void unserve(String model) {
        HeldModel current = held.get(model);
        if (current != null && current.hasFailed()) {
            held.remove(model);
        } else if (current != null) {
            current.unwant();
        }
    }

    @Override
    public void pin(String model, List<PinnedPrefix> prefixes) {
        serving(model).pin(prefixes);
    }

    @Override
    public EngineStatus status() {
        List<HeldModel> snapshot;
        synchronized (this) {
            snapshot = List.copyOf(held.values());
        }
        return new EngineStatus(snapshot.stream().map(HeldModel::status).toList(), models.names(), computeProfile);
    }

    /** Fails what is under way and frees every model; gives up loading, and waits until no thread is inside a model. */
    @Override
    public void close() {
        List<HeldModel> rest;
        synchronized (this) {
            closed = true;
            rest = List.copyOf(held.values());
        }
        loader.shutdown();
        rest.forEach(HeldModel::abandon);
        rest.forEach(model -> model.engine().ifPresent(LlmEngine::close));
        try {
            while (!loader.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.info("Waiting for a model that is being loaded, before it can be freed.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        rest.forEach(model -> model.engine().ifPresent(LlmEngine::close));
    }

    private void load(HeldModel model) {
        if (!model.isWanted()) {
            gone(model);
            return;
        }
        try (StoredModel stored = models.open(model.name())) {
            model.opened(stored.manifest());
            ModelRunner runner = runners.load(stored, model::progress);
            LlmEngine engine = start(stored, runner);
            model.serves(engine);
            LOG.info("{} is served.", model.name());
            engine.freed().thenAccept(trouble -> trouble.ifPresentOrElse(model::failed, () -> gone(model)));
        } catch (CancellationException e) {
            LOG.info("{}", e.getMessage());
            gone(model);
        } catch (Exception | Error e) {
            LOG.error("{} could not be loaded.", model.name(), e);
            model.failed(e.getMessage() == null ? e.toString() : e.getMessage());
            if (!model.isWanted()) {
                gone(model);
            }
        }
    }

    private LlmEngine start(StoredModel stored, ModelRunner runner) {
        try {
            return LlmEngine.start(stored.manifest(), stored.tokenizer(), runner, settings, nanoTime, freshSeeds);
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
    }

    /** A model that was asked for again while it went is loaded again. */
    private synchronized void gone(HeldModel model) {
        held.remove(model.name(), model);
        if (model.isWanted() && !closed) {
            serve(model.name());
        }
    }

    private synchronized LlmEngine serving(String model) {
        HeldModel found = held.get(model);
        if (found == null) {
            throw new FailureException(Failure.Code.MODEL_NOT_FOUND, "The model " + model + " is not served here.");
        }
        return found.serving();
    }

    private <T> CompletionStage<T> answer(String model, Function<LlmEngine, T> question) {
        try {
            return CompletableFuture.completedFuture(question.apply(serving(model)));
        } catch (FailureException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
