package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Owns a folder of models; any thread and any process may use it at the same time. A model is a folder {@code <name>} with
 * {@code model.json}, {@code vocabulary.json} and {@code weights-00001.safetensors}, ... It appears by one rename of a
 * folder that is complete and forced to the disk, and it goes by one rename, so nobody ever sees half a model.
 */
public final class ModelStore {

    /** Checksums are computed a file a core. */
    private static final long SHARD_BYTES = 1L << 30;

    /** As transformers cuts its files. */
    private static final long EXPORTED_SHARD_BYTES = 5_000_000_000L;

    private final Path folder;
    private final Clock clock;
    private final Disk disk;
    private final long shardBytes;

    /** @param folder of the models; created by the first import */
    public ModelStore(Path folder) {
        this(folder, Clock.systemUTC(), path -> Files.getFileStore(path).getUsableSpace(), SHARD_BYTES);
    }

    ModelStore(Path folder, Clock clock, Disk disk, long shardBytes) {
        this.folder = folder.toAbsolutePath().normalize();
        this.clock = clock;
        this.disk = disk;
        this.shardBytes = shardBytes;
    }

    /** Every model, by name. One whose model.json cannot be read is left out; {@link #open} says what is wrong with it. */
    public List<ModelManifest> list() throws IOException {
        List<ModelManifest> models = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, path -> isModel(path))) {
                for (Path model : folders) {
                    read(model).ifPresent(models::add);
                }
            }
        }
        models.sort(Comparator.comparing(ModelManifest::name));
        return models;
    }

    /** The model of that name, if there is one. */
    public Optional<ModelManifest> find(String name) throws IOException {
        return ImportRequest.isName(name) && isModel(folder.resolve(name)) ? Optional.of(manifest(name)) : Optional.empty();
    }

    /** Opens a model; an IOException says that there is none of that name, or how its files are damaged. */
    public StoredModel open(String name) throws IOException {
        ModelManifest manifest = find(name).orElseThrow(() -> unknown(name));
        return OpenModel.open(folder.resolve(name), manifest);
    }

    /** Deletes a model. Who has it open keeps it until he closes it. */
    public void remove(String name) throws IOException {
        if (!ImportRequest.isName(name) || !Files.isDirectory(folder.resolve(name))) {
            throw unknown(name);
        }
        try (StoreLock lock = StoreLock.acquire(folder)) {
            Path removed = Workspace.forRemoval(lock, name);
            Files.move(lock.store().resolve(name), removed, StandardCopyOption.ATOMIC_MOVE);
            Workspace.deleteTree(removed);
        }
    }

    /** Deletes what imports and removals left whose process was ended. */
    public void clear() throws IOException {
        try (StoreLock lock = StoreLock.acquire(folder)) {
            Workspace.clearAbandoned(lock);
        }
    }

    /**
     * Takes a checkpoint into the store.
     *
     * @return what was stored
     * @throws IOException a sentence naming file and tensor or field; the store is then as before
     */
    public ModelManifest importModel(ImportRequest request, Progress progress) throws IOException {
        refuseTaken(request.name());
        try (Workspace workspace = Workspace.forImport(folder, request.name())) {
            Path model = Files.createDirectory(workspace.folder().resolve("model"));
            ModelManifest manifest = new ModelImport(request, model, progress)
                    .run(clock.instant(), disk, shardBytes);
            publish(model, request.name());
            return manifest;
        }
    }

    /**
     * Writes a model as a folder in Hugging Face's layout, so that other tools open it.
     *
     * @param target is created, or is an empty folder
     * @return what was written
     * @throws IOException a sentence; what was written so far then has no config.json
     */
    public ModelManifest exportModel(String name, Path target, Progress progress) throws IOException {
        try (StoredModel model = open(name)) {
            new ModelExport(model, folder.resolve(name), target, progress).run(disk, EXPORTED_SHARD_BYTES);
            return model.manifest();
        }
    }

    /** Where the models are. */
    Path folder() {
        return folder;
    }

    Disk disk() {
        return disk;
    }

    private void publish(Path model, String name) throws IOException {
        try (StoreLock lock = StoreLock.acquire(folder)) {
            refuseTaken(name);
            Files.move(model, lock.store().resolve(name), StandardCopyOption.ATOMIC_MOVE);
            ModelImport.force(lock.store());
        }
    }

    private void refuseTaken(String name) throws IOException {
        if (Files.exists(folder.resolve(name))) {
            throw new IOException("The store has a model " + name + " already; remove it first, or choose another name.");
        }
    }

    private static boolean isModel(Path path) {
        return ImportRequest.isName(path.getFileName().toString()) && Files.exists(path.resolve(ManifestFile.NAME));
    }

    private static Optional<ModelManifest> read(Path model) {
        try {
            return Optional.of(ManifestFile.read(model.resolve(ManifestFile.NAME)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ModelManifest manifest(String name) throws IOException {
        ModelManifest manifest = ManifestFile.read(folder.resolve(name).resolve(ManifestFile.NAME));
        if (!manifest.name().equals(name)) {
            throw new IOException(folder.resolve(name) + ": model.json belongs to the model " + manifest.name() + ".");
        }
        return manifest;
    }

    private static IOException unknown(String name) {
        return new IOException("The store has no model " + name + ".");
    }
}
