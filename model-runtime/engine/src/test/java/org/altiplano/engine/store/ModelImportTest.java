package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.BlockFormat;
import org.altiplano.engine.model.weights.Mutations;
import org.altiplano.engine.model.weights.Elements;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.text.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelImportTest {

    private static final String Q_PROJ = "model.layers.1.self_attn.q_proj.weight";
    private static final String NORM = "model.layers.0.input_layernorm.weight";

    @TempDir
    Path folder;

    private final TinyCheckpoint tiny = new TinyCheckpoint();

    static Stream<Path> goldens() {
        return Stream.of(Golden.names("tiny").stream().map(name -> "tiny/" + name),
                Golden.names("meta").stream().map(name -> "meta/" + name),
                Golden.names("gguf").stream().filter(name -> name.endsWith(".gguf")).map(name -> "gguf/" + name))
                .flatMap(names -> names).map(Golden::path);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void everyGoldenImportsWithItsExactNumbersAsFp32(Path golden) throws IOException {
        ModelStore store = store();
        ModelManifest manifest = store.importModel(request(golden, Dtype.FP32), Progress.NONE);
        assertEquals(manifest, store.find("m").orElseThrow());
        assertEquals(Set.of(2), manifest.eosIds());
        try (StoredModel model = store.open("m"); Checkpoint checkpoint = Checkpoint.open(golden)) {
            assertEquals(manifest.tokenizer(), model.tokenizer().isPresent());
            for (LlamaTensors.Expected expected : LlamaTensors.of(manifest.config().shape())) {
                StoredTensor stored = model.weights().tensor(expected.name());
                assertEquals(StoredTensor.Type.F32, stored.type());
                assertArrayEquals(expected.shape(), stored.shape());
                assertArrayEquals(numbers(checkpoint, expected), floats(stored), expected.name());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void everyGoldenKeepsItsHalvesAsQ8AndNormsAsFloats(Path golden) throws IOException {
        ModelStore store = store();
        ModelManifest manifest = store.importModel(request(golden, Dtype.Q8), Progress.NONE);
        try (StoredModel model = store.open("m"); Checkpoint checkpoint = Checkpoint.open(golden)) {
            for (LlamaTensors.Expected expected : LlamaTensors.of(manifest.config().shape())) {
                StoredTensor stored = model.weights().tensor(expected.name());
                BlockFormat source = checkpoint.tensor(expected.name()).format();
                StoredTensor.Type wanted = expected.isNorm() ? StoredTensor.Type.F32
                        : source == BlockFormat.BF16 ? StoredTensor.Type.BF16 : StoredTensor.Type.F16;
                assertEquals(wanted, stored.type(), expected.name());
                assertArrayEquals(numbers(checkpoint, expected), floats(stored), source == BlockFormat.F32
                        || source.elements() > 1 ? 2e-3f : 0f, expected.name());
            }
        }
    }

    @Test
    void shardsImportAsOneModel() throws IOException {
        ModelStore whole = store();
        whole.importModel(request(tiny.write(folder.resolve("whole")), Dtype.FP32), Progress.NONE);
        ModelStore sharded = new ModelStore(folder.resolve("other"));
        sharded.importModel(request(tiny.writeSharded(folder.resolve("sharded")), Dtype.FP32), Progress.NONE);
        assertEquals(whole.find("m").orElseThrow().files(), sharded.find("m").orElseThrow().files());
    }

    @Test
    void aLargeModelIsStoredInShardsOfItsOwn() throws IOException {
        ModelStore store = new ModelStore(folder.resolve("models"), java.time.Clock.systemUTC(), path -> Long.MAX_VALUE, 500);
        ModelManifest manifest = store.importModel(request(tiny.write(folder.resolve("c")), Dtype.FP32), Progress.NONE);
        assertEquals("weights-00003.safetensors", manifest.files().get(2).name());
        try (StoredModel model = store.open("m")) {
            assertArrayEquals(tiny.numbers.get(Q_PROJ), floats(model.weights().tensor(Q_PROJ)));
        }
    }

    @Test
    void aTensorBeyondTheRangeOfHalvesStaysFloat() throws IOException {
        tiny.numbers.get(Q_PROJ)[20] = 70_000f;
        ModelStore store = store();
        store.importModel(request(tiny.write(folder.resolve("c")), Dtype.HALF), Progress.NONE);
        try (StoredModel model = store.open("m")) {
            assertEquals(StoredTensor.Type.F32, model.weights().tensor(Q_PROJ).type());
            assertArrayEquals(tiny.numbers.get(Q_PROJ), floats(model.weights().tensor(Q_PROJ)));
            assertEquals(StoredTensor.Type.F16, model.weights().tensor(Q_PROJ.replace("q_proj", "k_proj")).type());
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void numbersThatAreNoneAreRefusedWithTheirTensor(Dtype dtype) throws IOException {
        tiny.numbers.get(Q_PROJ)[20] = Float.NaN;
        assertRefused(tiny.write(folder.resolve("nan")), dtype, "model.safetensors: tensor " + Q_PROJ + " at offset ", "holds NaN (row 2, column 4)");
        tiny.numbers.get(Q_PROJ)[20] = 0;
        tiny.numbers.get(NORM)[3] = Float.NEGATIVE_INFINITY;
        assertRefused(tiny.write(folder.resolve("infinite")), dtype, "tensor " + NORM + " at offset ", "holds -Infinity");
    }

    static Stream<Arguments> spoilings() {
        return Stream.of(
                spoiling("no query matrix", tiny -> tiny.remove(Q_PROJ), "tensor " + Q_PROJ + " is missing"),
                spoiling("no head", tiny -> tiny.remove("lm_head.weight"), "tensor lm_head.weight is missing"),
                spoiling("alien tensor", tiny -> tiny.put("model.layers.0.self_attn.q_proj.bias", new float[8], 8),
                        "q_proj.bias does not belong"),
                spoiling("one layer too many", tiny -> tiny.config.put("num_hidden_layers", 1), "model.layers.1"),
                spoiling("too many layers", tiny -> tiny.config.put("num_hidden_layers", Integer.MAX_VALUE), "too few for 2147483647"),
                spoiling("turned matrix", tiny -> tiny.put("model.layers.0.mlp.up_proj.weight", new float[48], 8, 6),
                        "[8, 6] instead of [6, 8]"),
                spoiling("other vocabulary", tiny -> tiny.config.put("vocab_size", 12), "[11, 8] instead of [12, 8]"),
                spoiling("flat matrix", tiny -> tiny.put(NORM, new float[8], 1, 8), "[1, 8] instead of [8]"),
                spoiling("wild eos", tiny -> tiny.config.put("eos_token_id", 11), "token 11 is outside"),
                spoiling("eos of another kind", tiny -> tiny.config.put("eos_token_id", "</s>"), "eos_token_id"));
    }

    private static Arguments spoiling(String name, Consumer<TinyCheckpoint> change, String complaint) {
        return Arguments.of(name, change, complaint);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilings")
    void aCheckpointThatDoesNotFitItsConfigurationIsRefused(String name, Consumer<TinyCheckpoint> change, String complaint)
            throws IOException {
        change.accept(tiny);
        assertRefused(tiny.write(folder.resolve("spoilt")), Dtype.Q8, complaint);
    }

    @Test
    void aFolderWithoutWeightsOrConfigurationIsRefused() throws IOException {
        assertRefused(folder.resolve("absent"), Dtype.Q8, "does not exist");
        assertRefused(Files.createDirectory(folder.resolve("empty")), Dtype.Q8, "holds no config.json");
        Path pickled = tiny.write(folder.resolve("pickled"));
        Files.move(pickled.resolve("model.safetensors"), pickled.resolve("pytorch_model.bin"));
        assertRefused(pickled, Dtype.Q8, "pickles");
        assertRefused(Files.writeString(folder.resolve("consolidated.00.pth"), "PK..............."), Dtype.Q8,
                "import the folder");
        assertRefused(Files.writeString(folder.resolve("model.bin"), "no model at all"), Dtype.Q8, "does not begin with GGUF");
    }

    @Test
    void anIndexCannotLeadOutOfItsFolder() throws IOException {
        Path sharded = tiny.writeSharded(folder.resolve("sharded"));
        Path index = sharded.resolve("model.safetensors.index.json");
        String honest = Files.readString(index);
        Files.writeString(index, honest.replace("model-0.safetensors", "../sharded/model-0.safetensors"));
        assertRefused(sharded, Dtype.Q8, "no name of a safetensors file");
        Files.writeString(index, honest.replace("model-0.safetensors", "model-9.safetensors"));
        assertRefused(sharded, Dtype.Q8, "model-9.safetensors is missing");
        Files.writeString(index, honest.replace("\"model-5.safetensors\"", "\"model-0.safetensors\""));
        assertRefused(sharded, Dtype.Q8, "is not in model-0.safetensors");
    }

    @Test
    void tiedEmbeddingsNeedNoHeadAndIgnoreOne() throws IOException {
        tiny.config.put("tie_word_embeddings", true);
        ModelStore store = store();
        store.importModel(request(tiny.write(folder.resolve("with")), Dtype.Q8), Progress.NONE);
        try (StoredModel model = store.open("m")) {
            assertFalse(model.weights().names().contains("lm_head.weight"));
        }
    }

    @Test
    void rotaryFrequenciesOfEarlyConversionsAreLeftOut() throws IOException {
        tiny.put("model.layers.0.self_attn.rotary_emb.inv_freq", new float[1], 1);
        store().importModel(request(tiny.write(folder.resolve("c")), Dtype.Q8), Progress.NONE);
    }

    @Test
    void endTokensComeFromBothConfigurations() throws IOException {
        Path checkpoint = tiny.write(folder.resolve("c"));
        Files.writeString(checkpoint.resolve("generation_config.json"), "{\"eos_token_id\": [3, 4]}");
        assertEquals(Set.of(2, 3, 4), store().importModel(request(checkpoint, Dtype.Q8), Progress.NONE).eosIds());
    }

    @Test
    void aTokenizerLargerThanTheEmbeddingIsRefused() throws IOException {
        Path checkpoint = tiny.write(folder.resolve("c"));
        Files.copy(Golden.path("tiny/mha/tokenizer.model"), checkpoint.resolve("tokenizer.model"));
        assertRefused(checkpoint, Dtype.Q8, "but the embedding has rows for 11 only");
        Files.writeString(checkpoint.resolve("tokenizer.model"), "no protobuf", java.nio.charset.StandardCharsets.UTF_8);
        assertRefused(checkpoint, Dtype.Q8, "tokenizer.model: ");
    }

    @Test
    void aTokenizerFarSmallerThanTheEmbeddingIsRefused() throws IOException {
        Path checkpoint = folder.resolve("c");
        copy(Golden.path("tiny/gqa"), checkpoint);
        Files.write(checkpoint.resolve("tokenizer.model"), tokenizer(250));
        assertRefused(checkpoint, Dtype.Q8, "the tokenizer has 250 tokens, but the embedding has rows for 320, more than padding");
        Files.write(checkpoint.resolve("tokenizer.model"), tokenizer(257));
        store().importModel(request(checkpoint, Dtype.Q8), Progress.NONE);
    }

    @Test
    void whatOtherToolsReadIsKeptAsItCame() throws IOException {
        Path checkpoint = folder.resolve("c");
        copy(Golden.path("tiny/mha"), checkpoint);
        Files.writeString(checkpoint.resolve("tokenizer_config.json"), "{\"model_max_length\": 77}");
        ModelManifest manifest = store().importModel(request(checkpoint, Dtype.Q8), Progress.NONE);
        for (String name : List.of("tokenizer.model", "tokenizer_config.json", "generation_config.json")) {
            assertArrayEquals(Files.readAllBytes(checkpoint.resolve(name)),
                    Files.readAllBytes(folder.resolve("models/m").resolve(name)));
            assertTrue(manifest.files().stream().anyMatch(file -> file.name().equals(name)), name);
        }
        assertEquals(manifest, store().find("m").orElseThrow());
    }

    @Test
    void theChatTemplateIsTheWishElseTheCheckpointsIfTheTokenizerHasItsTokens() throws IOException {
        Path mha = folder.resolve("mha");
        copy(Golden.path("tiny/mha"), mha);
        assertEquals("none", template(mha, Optional.empty()));
        Files.writeString(mha.resolve("tokenizer_config.json"), "{\"chat_template\": \"{{ '[INST] ' }}\"}");
        assertEquals("llama2", template(mha, Optional.empty()));
        assertEquals("none", template(mha, Optional.of("none")));
        Files.writeString(mha.resolve("tokenizer_config.json"),
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"<|im_start|>\"}]}");
        assertEquals("none", template(mha, Optional.empty()));
        IOException refusal = assertThrows(IOException.class, () -> template(mha, Optional.of("chatml")));
        assertTrue(refusal.getMessage().contains("chat template chatml"), refusal.getMessage());
    }

    @Test
    void progressCountsUpToTheWhole() throws IOException {
        List<Long> done = new java.util.ArrayList<>();
        store().importModel(request(tiny.write(folder.resolve("c")), Dtype.Q8), (phase, bytes, total) -> {
            if (phase.equals("Converting the weights")) {
                assertTrue(bytes <= total);
                done.add(bytes);
            }
        });
        assertEquals(done.stream().sorted().toList(), done);
        assertTrue(done.size() > 3);
    }

    @Test
    void noDamagedSafetensorsDoesMoreThanFail() throws IOException {
        Path checkpoint = tiny.write(folder.resolve("c"));
        Path weights = checkpoint.resolve("model.safetensors");
        importMutants(Files.readAllBytes(weights), weights, checkpoint);
    }

    @Test
    void noDamagedGgufDoesMoreThanFail() throws IOException {
        Path file = folder.resolve("damaged.gguf");
        importMutants(Files.readAllBytes(Golden.path("gguf/gqa-Q4_0.gguf")), file, file);
    }

    @Test
    void noDamagedShardOfMetasDoesMoreThanFail() throws IOException {
        Path checkpoint = new MetaFolder(tiny, 1).write(folder.resolve("meta"));
        Path weights = checkpoint.resolve("consolidated.00.pth");
        importMutants(Files.readAllBytes(weights), weights, checkpoint);
    }

    private void importMutants(byte[] original, Path file, Path checkpoint) throws IOException {
        Mutations.of(original, 400, 13, file, path -> {
            Path models = folder.resolve("mutants");
            try {
                new ModelStore(models).importModel(request(checkpoint, Dtype.Q8), Progress.NONE);
            } finally {
                Workspace.deleteTree(models);
            }
        });
    }

    /** The first tokens of a tokenizer of 448. */
    private byte[] tokenizer(int tokens) throws IOException {
        Vocabulary whole = Vocabulary.fromSentencePiece(Files.readAllBytes(Golden.path("tiny/mha").resolve("tokenizer.model")));
        Path written = Files.createTempDirectory(folder, "tokenizer");
        new Vocabulary(whole.kind(), whole.pieces().subList(0, tokens), List.of(), List.of(), false, whole.bos(), whole.eos(),
                whole.unknown(), true, true).writeForOtherTools(written);
        return Files.readAllBytes(written.resolve("tokenizer.model"));
    }

    private String template(Path checkpoint, Optional<String> wish) throws IOException {
        ModelStore store = new ModelStore(Files.createTempDirectory(folder, "models"));
        return store.importModel(new ImportRequest(checkpoint, "m", Dtype.Q8, wish), Progress.NONE).chatTemplate();
    }

    private void assertRefused(Path checkpoint, Dtype dtype, String... complaints) throws IOException {
        ModelStore store = store();
        IOException refusal = assertThrows(IOException.class,
                () -> store.importModel(request(checkpoint, dtype), Progress.NONE));
        for (String complaint : complaints) {
            assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        }
        assertEquals(List.of(), store.list());
        try (Stream<Path> left = Files.list(folder.resolve("models"))) {
            assertEquals(List.of(".lock"), left.map(path -> path.getFileName().toString()).toList());
        }
    }

    private ModelStore store() {
        return new ModelStore(folder.resolve("models"));
    }

    private static ImportRequest request(Path checkpoint, Dtype dtype) {
        return new ImportRequest(checkpoint, "m", dtype, Optional.empty());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Decoded whole. */
    private static float[] numbers(Checkpoint checkpoint, LlamaTensors.Expected expected) throws IOException {
        TensorRows rows = checkpoint.tensor(expected.name());
        float[] all = new float[(int) expected.elements()];
        for (int row = 0; row < rows.rows(); row++) {
            rows.decode(row, all, row * rows.columns());
        }
        return all;
    }

    private static float[] floats(StoredTensor tensor) {
        ByteBuffer elements = Elements.of(tensor);
        float[] floats = new float[elements.remaining() / tensor.type().bytes()];
        BlockFormat.valueOf(tensor.type().name()).decode(elements, 0, floats, 0, floats.length);
        return floats;
    }
}
