package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.EncodedTensor;
import org.altiplano.engine.store.LlamaTensors.Expected;
import org.altiplano.engine.store.ModelManifest.StoredFile;
import org.altiplano.engine.text.ChatTemplate;
import org.altiplano.engine.text.Tokenizer;
import org.altiplano.engine.text.Vocabulary;

/** Owns one import, on one thread: a checkpoint becomes a folder in the store's form, or an IOException says why not. */
final class ModelImport {

    static final String VOCABULARY = "vocabulary.json";

    /** Room for the vocabulary and the headers. */
    private static final long SPARE_BYTES = 32L << 20;

    private final ImportRequest request;
    private final Path folder;
    private final Progress progress;

    /** @param folder where the model is written; exists and is empty */
    ModelImport(ImportRequest request, Path folder, Progress progress) {
        this.request = request;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Reads, checks and writes everything, and forces it to the disk.
     *
     * @param now time of the import
     * @param disk the store's
     * @param shardBytes size at which a weight file is closed
     */
    ModelManifest run(Instant now, Disk disk, long shardBytes) throws IOException {
        progress.report("Reading the checkpoint", 0, 0);
        try (Checkpoint checkpoint = Checkpoint.open(request.path())) {
            ModelConfig config = checkpoint.config();
            List<Expected> tensors = checkedTensors(checkpoint, config);
            Optional<Vocabulary> vocabulary = vocabulary(checkpoint, config);
            Optional<Tokenizer> tokenizer = vocabulary.map(Vocabulary::tokenizer);
            String template = chatTemplate(checkpoint, tokenizer);
            Set<Integer> eosIds = eosIds(checkpoint, config, tokenizer, template);
            WeightConversion weights = new WeightConversion(checkpoint, request.dtype(), shardBytes);
            String purpose = "Importing " + request.name();
            disk.check(folder, purpose, weights.bytes(tensors) + SPARE_BYTES);
            try {
                List<StoredFile> files = writeFiles(vocabulary, weights, tensors);
                ModelManifest manifest = new ModelManifest(request.name(), config, request.dtype(), template, eosIds,
                        vocabulary.isPresent(), files, now);
                ManifestFile.write(manifest, folder.resolve(ManifestFile.NAME));
                force(folder.resolve(ManifestFile.NAME));
                force(folder);
                return manifest;
            } catch (IOException e) {
                throw disk.explain(folder, purpose, e);
            }
        }
    }

    /** Forces a file's bytes, or a folder's entries, to the disk. */
    static void force(Path path) throws IOException {
        StandardOpenOption option = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }

    private List<Expected> checkedTensors(Checkpoint checkpoint, ModelConfig config) throws IOException {
        Set<String> unknown = new TreeSet<>(checkpoint.names());
        // Before a list of them is made, since the number of layers is the file's word.
        if (config.shape().layers() > unknown.size()) {
            throw new IOException(request.path() + ": has " + unknown.size() + " tensors, too few for "
                    + config.shape().layers() + " layers.");
        }
        List<Expected> tensors = LlamaTensors.of(config.shape());
        for (Expected expected : tensors) {
            if (!unknown.remove(expected.name())) {
                throw new IOException(request.path() + ": tensor " + expected.name() + " is missing.");
            }
            EncodedTensor tensor = checkpoint.tensor(expected.name());
            if (!expected.hasShape(tensor.shape())) {
                throw new IOException(request.path() + ": tensor " + tensor.name() + " has the shape "
                        + Arrays.toString(tensor.shape()) + " instead of " + Arrays.toString(expected.shape()) + ".");
            }
        }
        // transformers writes the tied matrix a second time in some versions, and never reads it.
        unknown.remove("lm_head.weight");
        if (!unknown.isEmpty()) {
            throw new IOException(request.path() + ": tensor " + unknown.iterator().next()
                    + " does not belong to a Llama model of this configuration.");
        }
        return tensors;
    }

    private Optional<Vocabulary> vocabulary(Checkpoint checkpoint, ModelConfig config) throws IOException {
        try {
            Optional<Vocabulary> vocabulary = checkpoint.vocabulary();
            if (vocabulary.isPresent() && vocabulary.get().pieces().size() > config.shape().vocabulary()) {
                throw new IOException(request.path() + ": the tokenizer has " + vocabulary.get().pieces().size()
                        + " tokens, but the embedding has rows for " + config.shape().vocabulary() + " only.");
            }
            return vocabulary;
        } catch (IllegalArgumentException e) {
            throw new IOException(request.path() + ": the tokenizer cannot be read: " + e.getMessage(), e);
        }
    }

    private List<StoredFile> writeFiles(Optional<Vocabulary> vocabulary, WeightConversion weights, List<Expected> tensors)
            throws IOException {
        List<Path> files = new ArrayList<>();
        if (vocabulary.isPresent()) {
            files.add(folder.resolve(VOCABULARY));
            vocabulary.get().write(files.get(0));
            force(files.get(0));
        }
        files.addAll(weights.write(tensors, folder, progress));
        return checksums(files);
    }

    private String chatTemplate(Checkpoint checkpoint, Optional<Tokenizer> tokenizer) throws IOException {
        if (request.chatTemplate().isPresent()) {
            String wanted = request.chatTemplate().get();
            if (!wanted.equals("none") && !fits(wanted, tokenizer)) {
                throw new IOException(request.path() + ": has no tokenizer with the control tokens of the chat template "
                        + wanted + ".");
            }
            return wanted;
        }
        Optional<String> known = ModelCatalogue.find(request.name()).map(ModelCatalogue.Entry::chatTemplate);
        String guess = known.isPresent() ? known.get() : guess(checkpoint.chatTemplate().orElse(""));
        return fits(guess, tokenizer) ? guess : "none";
    }

    /** By the tags that the Jinja text writes. */
    private static String guess(String jinja) {
        return jinja.contains("<|im_start|>") ? "chatml" : jinja.contains("[INST]") ? "llama2" : "none";
    }

    private static boolean fits(String template, Optional<Tokenizer> tokenizer) {
        return tokenizer.isPresent() && ChatTemplate.named(template)
                .filter(named -> !named.endTokens(tokenizer.get()).isEmpty()).isPresent();
    }

    private Set<Integer> eosIds(Checkpoint checkpoint, ModelConfig config, Optional<Tokenizer> tokenizer, String template)
            throws IOException {
        Set<Integer> ids = new TreeSet<>(checkpoint.eosIds());
        tokenizer.ifPresent(found -> ChatTemplate.named(template).ifPresent(named -> ids.addAll(named.endTokens(found))));
        for (int id : ids) {
            if (id >= config.shape().vocabulary()) {
                throw new IOException(request.path() + ": the end-of-sequence token " + id + " is outside the vocabulary of "
                        + config.shape().vocabulary() + " tokens.");
            }
        }
        return ids;
    }

    private List<StoredFile> checksums(List<Path> files) throws IOException {
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        List<StoredFile> stored = new ArrayList<>();
        long before = 0;
        for (Path file : files) {
            long offset = before;
            long all = total;
            long bytes = Files.size(file);
            String sha256 = Sha256.of(file, done -> progress.report("Computing checksums", offset + done, all));
            stored.add(new StoredFile(file.getFileName().toString(), bytes, sha256));
            before += bytes;
        }
        return stored;
    }
}
