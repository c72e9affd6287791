package org.altiplano.engine;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.EngineStatus.PrefixCacheStatus;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.engine.store.ModelManifest;

/** Owns where one model of the host stands; any thread. Life: LOADING, SERVING, DRAINING; or FAILED. */
final class HeldModel {

    private final String name;
    private boolean wanted = true;
    private boolean abandoned;
    private ModelState state = ModelState.LOADING;
    private String detail = "Waiting to be loaded.";
    private Optional<ModelManifest> manifest = Optional.empty();
    private Optional<LlmEngine> engine = Optional.empty();

    HeldModel(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    synchronized boolean hasFailed() {
        return state == ModelState.FAILED;
    }

    synchronized boolean isWanted() {
        return wanted;
    }

    /** Asks for it to stay, or to come back as soon as it is gone. */
    synchronized void want() {
        wanted = true;
    }

    /** Asks for it to go: at once if it serves, else when it is loaded. */
    synchronized void unwant() {
        wanted = false;
        if (state == ModelState.SERVING) {
            state = ModelState.DRAINING;
            engine.orElseThrow().drain();
        }
    }

    /** Asks for it to go, whatever it does: loading it is given up at the next {@link #progress}. */
    synchronized void abandon() {
        abandoned = true;
        unwant();
    }

    synchronized void opened(ModelManifest found) {
        manifest = Optional.of(found);
    }

    /** @throws CancellationException if it was abandoned */
    synchronized void progress(String sentence) {
        if (abandoned) {
            throw new CancellationException("Loading " + name + " was given up.");
        }
        detail = sentence;
    }

    synchronized void serves(LlmEngine started) {
        engine = Optional.of(started);
        state = ModelState.SERVING;
        detail = "";
        if (!wanted) {
            unwant();
        }
    }

    synchronized void failed(String sentence) {
        engine = Optional.empty();
        state = ModelState.FAILED;
        detail = sentence;
    }

    synchronized Optional<LlmEngine> engine() {
        return engine;
    }

    /** @throws FailureException NO_WORKER unless it serves */
    synchronized LlmEngine serving() {
        return switch (state) {
            case SERVING -> engine.orElseThrow();
            case LOADING -> throw unavailable("is still being loaded. Try again soon.");
            case DRAINING -> throw unavailable("is being unloaded.");
            case FAILED -> throw unavailable("could not be loaded.");
        };
    }

    synchronized ModelStatus status() {
        return engine.map(running -> running.status(state)).orElseGet(() -> new ModelStatus(name, state, detail,
                manifest.map(known -> known.dtype().word()).orElse(""), manifest.map(ModelManifest::chatTemplate).orElse(""),
                manifest.map(known -> known.config().shape().context()).orElse(0), 0, 0, 0, 0, 0, 0, 0, 0,
                PrefixCacheStatus.NONE));
    }

    private FailureException unavailable(String why) {
        return new FailureException(Failure.Code.NO_WORKER, "The model " + name + " " + why);
    }
}
