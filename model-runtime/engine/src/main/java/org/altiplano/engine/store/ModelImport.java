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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.store.LlamaTensors.Expected;
import org.altiplano.engine.text.ChatTemplate;
import org.altiplano.engine.text.Tokenizer;
import org.altiplano.engine.text.Vocabulary;

/** Owns one import, on one thread: a checkpoint becomes a folder in the store's form, or an IOException says why not. */
final class ModelImport {

    static final String VOCABULARY = "vocabulary.json";

    /** Room for the vocabulary and the headers. */
    private static final long SPARE_BYTES = 32L << 20;

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int SPARE_ROWS = 16;
    private static final int LARGEST_PADDING = 1_024;

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
        try (Checkpoint checkpoint = Checkpoint.open(request.path());
                WeightConversion weights = new WeightConversion(request.dtype(), shardBytes, CORES)) {
            ModelConfig config = checkpoint.config();
            List<SourceTensor> tensors = checkedTensors(checkpoint, config);
            Optional<Vocabulary> vocabulary = vocabulary(checkpoint, config);
            Optional<Tokenizer> tokenizer = vocabulary.map(Vocabulary::tokenizer);
            String template = chatTemplate(checkpoint, tokenizer);
            Set<Integer> eosIds = eosIds(checkpoint, config, tokenizer, template);
            String purpose = "Importing " + request.name();
            Map<String, byte[]> originals = checkpoint.originals();
            long texts = originals.values().stream().mapToLong(text -> text.length).sum();
            disk.check(folder, purpose, weights.bytes(tensors) + texts + SPARE_BYTES);
            try {
                List<Path> files = writeTexts(vocabulary, originals);
                files.addAll(weights.write(tensors, folder, progress));
                ModelManifest manifest = new ModelManifest(request.name(), config, request.dtype(), template, eosIds,
                        vocabulary.isPresent(), FileChecksums.of(files, CORES, progress), now);
                ManifestFile.write(manifest, folder.resolve(ManifestFile.NAME));
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

    private List<SourceTensor> checkedTensors(Checkpoint checkpoint, ModelConfig config) throws IOException {
        Set<String> unknown = new TreeSet<>(checkpoint.names());
        // Before a list of them is made, since the number of layers is the file's word.
        if (config.shape().layers() > unknown.size()) {
            throw new IOException(request.path() + ": has " + unknown.size() + " tensors, too few for "
                    + config.shape().layers() + " layers.");
        }
        List<SourceTensor> tensors = new ArrayList<>();
        for (Expected expected : LlamaTensors.of(config.shape())) {
            if (!unknown.remove(expected.name())) {
                throw new IOException(request.path() + ": tensor " + expected.name() + " is missing.");
            }
            TensorRows rows = checkpoint.tensor(expected.name());
            if (!expected.hasShape(rows.shape())) {
                throw new IOException(rows.place() + " has the shape " + Arrays.toString(rows.shape()) + " instead of "
                        + Arrays.toString(expected.shape()) + ", which the configuration says of " + expected.name() + ".");
            }
            tensors.add(new SourceTensor(expected, rows));
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
            if (vocabulary.isPresent()) {
                checkFits(vocabulary.get().pieces().size(), config.shape().vocabulary());
            }
            return vocabulary;
        } catch (IllegalArgumentException e) {
            throw new IOException(request.path() + ": the tokenizer cannot be read: " + e.getMessage(), e);
        }
    }

    /** Embeddings are padded to a multiple of some power of two, or by a few rows for tokens that nobody added. */
    private void checkFits(int tokens, int rows) throws IOException {
        if (tokens > rows) {
            throw new IOException(request.path() + ": the tokenizer has " + tokens + " tokens, but the embedding has rows for "
                    + rows + " only.");
        }
        boolean padded = rows - tokens < SPARE_ROWS;
        for (int multiple = 1; multiple <= LARGEST_PADDING; multiple *= 2) {
            padded |= (tokens + multiple - 1) / multiple * multiple == rows;
        }
        if (!padded) {
            throw new IOException(request.path() + ": the tokenizer has " + tokens + " tokens, but the embedding has rows for "
                    + rows + ", more than padding explains; they do not belong together.");
        }
    }

    private List<Path> writeTexts(Optional<Vocabulary> vocabulary, Map<String, byte[]> originals) throws IOException {
        List<Path> files = new ArrayList<>();
        if (vocabulary.isPresent()) {
            files.add(folder.resolve(VOCABULARY));
            vocabulary.get().write(files.get(0));
        }
        for (Map.Entry<String, byte[]> original : originals.entrySet()) {
            files.add(Files.write(folder.resolve(original.getKey()), original.getValue()));
        }
        for (Path file : files) {
            force(file);
        }
        return files;
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
}
