package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelDownload;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;

/** The home's model store, as the commands use it: with progress on the terminal, and sentences for what goes wrong. */
final class LocalModels {

    private final Home home;
    private final Terminal terminal;
    private final ModelStore store;

    LocalModels(Home home, Terminal terminal) {
        this.home = home;
        this.terminal = terminal;
        this.store = new ModelStore(home.models());
    }

    List<ModelManifest> all() {
        try {
            return store.list();
        } catch (IOException failure) {
            throw new CommandFailure("The store " + home.models() + " cannot be read: " + failure.getMessage(),
                    failure);
        }
    }

    boolean holds(String name) {
        return all().stream().anyMatch(model -> model.name().equals(name));
    }

    /** Gets a model unless the store holds it. */
    void obtain(String name) {
        if (!holds(name)) {
            pull(name);
        }
    }

    /** Fetches a model of the catalogue. */
    ModelManifest pull(String name) {
        if (ModelCatalogue.find(name).filter(ModelCatalogue.Entry::pullable).isEmpty()) {
            throw new CommandFailure("Model " + name + " cannot be fetched: " + howToGet(name));
        }
        return withProgress(name, "stored", progress -> new ModelDownload(store).pull(name, progress));
    }

    ModelManifest add(ImportRequest request) {
        return withProgress(request.name(), "stored", progress -> store.importModel(request, progress));
    }

    /** Writes a model as a folder in Hugging Face's layout. */
    void export(String name, Path folder) {
        withProgress(name, "exported", progress -> store.exportModel(name, folder, progress));
    }

    void remove(String name) {
        try {
            store.remove(name);
        } catch (IOException | IllegalArgumentException failure) {
            throw new CommandFailure(failure.getMessage(), failure);
        }
    }

    /** How a model gets into the store. */
    static String howToGet(String name) {
        return ModelCatalogue.find(name).map(entry -> entry.pullable() ? "altiplano models pull " + name
                : "its weights are not distributed here; altiplano models import PATH --name " + name)
                .orElse("no model of this name is known; altiplano models import PATH --name " + name);
    }

    private ModelManifest withProgress(String name, String result, Work work) {
        ProgressLine line = terminal.progress("model " + name);
        try {
            ModelManifest manifest = work.run(line::update);
            line.done(result);
            return manifest;
        } catch (IOException | IllegalArgumentException failure) {
            line.failed();
            throw new CommandFailure(sentence(name, result, String.valueOf(failure.getMessage())), failure);
        }
    }

    /** The store speaks in sentences, the system ("File too large") does not. */
    private static String sentence(String name, String result, String message) {
        return message.endsWith(".") ? message : "Model " + name + " cannot be " + result + ": " + message + ".";
    }

    /** Something that takes long and may fail. */
    private interface Work {

        ModelManifest run(Progress progress) throws IOException;
    }
}
