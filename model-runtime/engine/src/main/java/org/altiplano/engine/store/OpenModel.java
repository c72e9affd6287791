package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.altiplano.engine.model.weights.SafetensorsFile;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.store.LlamaTensors.Expected;
import org.altiplano.engine.store.ModelManifest.StoredFile;
import org.altiplano.engine.text.Tokenizer;
import org.altiplano.engine.text.Vocabulary;

/** Owns the open shards of a stored model; any thread may read, one closes. */
final class OpenModel implements StoredModel, Weights {

    /** Checksums are compared at opening up to this size in all: below a second. Beyond, sizes and headers must do. */
    private static final long CHECKED_BYTES = 512L << 20;

    private final Path folder;
    private final ModelManifest manifest;
    private final Optional<Tokenizer> tokenizer;
    private final List<SafetensorsFile> shards = new ArrayList<>();
    private final Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();

    private OpenModel(Path folder, ModelManifest manifest, Optional<Tokenizer> tokenizer) {
        this.folder = folder;
        this.manifest = manifest;
        this.tokenizer = tokenizer;
    }

    /** Opens a model of the store and checks its files against the manifest. */
    static OpenModel open(Path folder, ModelManifest manifest) throws IOException {
        checkFiles(folder, manifest);
        Optional<Tokenizer> tokenizer = manifest.tokenizer()
                ? Optional.of(Vocabulary.read(folder.resolve(ModelImport.VOCABULARY)).tokenizer()) : Optional.empty();
        OpenModel model = new OpenModel(folder, manifest, tokenizer);
        try {
            model.openShards();
            return model;
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public ModelManifest manifest() {
        return manifest;
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
        return tokenizer;
    }

    @Override
    public Weights weights() {
        return this;
    }

    @Override
    public Optional<Path> packedFile(String form) {
        return Optional.of(folder.resolve("packed-" + form + ".safetensors"));
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public StoredTensor tensor(String name) {
        SafetensorsFile shard = tensors.get(name);
        if (shard == null) {
            throw new NoSuchElementException("The model " + manifest.name() + " has no tensor " + name + ".");
        }
        return shard.tensor(name);
    }

    @Override
    public void close() {
        shards.forEach(SafetensorsFile::close);
    }

    private static void checkFiles(Path folder, ModelManifest manifest) throws IOException {
        long total = 0;
        for (StoredFile file : manifest.files()) {
            long bytes = size(folder.resolve(file.name()));
            if (bytes != file.bytes()) {
                throw damaged(manifest, file.name() + " has " + bytes + " bytes instead of " + file.bytes());
            }
            total += bytes;
        }
        for (StoredFile file : manifest.files()) {
            if (total <= CHECKED_BYTES || !file.isWeights()) {
                if (!Sha256.of(folder.resolve(file.name()), read -> { }).equals(file.sha256())) {
                    throw damaged(manifest, file.name() + " does not have its checksum");
                }
            }
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void openShards() throws IOException {
        for (StoredFile file : manifest.files()) {
            if (file.isWeights()) {
                SafetensorsFile shard = SafetensorsFile.open(folder.resolve(file.name()));
                shards.add(shard);
                shard.names().forEach(name -> tensors.put(name, shard));
            }
        }
        for (Expected expected : LlamaTensors.of(manifest.config().shape())) {
            if (!tensors.containsKey(expected.name()) || !expected.hasShape(tensor(expected.name()).shape())) {
                throw damaged(manifest, "tensor " + expected.name() + " is missing or has another shape");
            }
        }
    }

    private static IOException damaged(ModelManifest manifest, String what) {
        return new IOException("The stored model " + manifest.name() + " is damaged: " + what
                + ". Remove it and import it again.");
    }
}
