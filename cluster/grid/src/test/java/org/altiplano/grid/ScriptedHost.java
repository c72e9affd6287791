package org.altiplano.grid;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.ModelHost;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.ScriptedInferenceBackend;
import org.altiplano.contract.TokenizationBackend;

/** A script with a store: it serves nothing until told to, and has the given models to serve. */
final class ScriptedHost implements InferenceBackend, TokenizationBackend, ModelHost, AutoCloseable {

    private final ScriptedInferenceBackend script;
    private final List<String> stored;

    ScriptedHost(List<String> stored, List<String> script, Duration period, int maxModelLen) {
        this.stored = List.copyOf(stored);
        this.script = new ScriptedInferenceBackend(script, period, maxModelLen);
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        return script.submit(request, listener);
    }

    @Override
    public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
        return script.tokenize(model, prompt);
    }

    @Override
    public CompletionStage<String> detokenize(String model, int[] tokens) {
        return script.detokenize(model, tokens);
    }

    @Override
    public void serve(String model) {
        script.serve(model);
    }

    @Override
    public void unserve(String model) {
        script.unserve(model);
    }

    @Override
    public void pin(String model, List<PinnedPrefix> prefixes) {
        script.pin(model, prefixes);
    }

    /** What was last to be pinned. */
    List<PinnedPrefix> pinned(String model) {
        return script.pinned(model);
    }

    @Override
    public EngineStatus status() {
        EngineStatus status = script.status();
        return new EngineStatus(status.models(), stored, status.computeProfile());
    }

    /** Generations that the script is reciting. */
    int runningCount() {
        return script.runningCount();
    }

    @Override
    public void close() {
        script.close();
    }
}
