package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.store.MetaFolder.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaCheckpointTest {

    private static final String WQ = "layers.1.attention.wq.weight";
    private static final String NORM = "layers.0.ffn_norm.weight";

    @TempDir
    Path folder;

    static List<String> goldens() {
        return Golden.names("meta");
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shardsOfMetaHoldTheNumbersOfTheOriginal(String name) throws IOException {
        try (Checkpoint meta = Checkpoint.open(Golden.path("meta/" + name));
                Checkpoint original = Checkpoint.open(Golden.path("tiny/" + name.split("-")[0]))) {
            assertSame(original, meta);
            assertEquals(4_096, meta.config().shape().context());
            assertEquals(original.config().shape().ffn(), meta.config().shape().ffn());
            assertEquals(original.config().shape().vocabulary(), meta.config().shape().vocabulary());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyDegreeOfParallelismGivesTheSameModel(int degree) throws IOException {
        TinyCheckpoint tiny = new TinyCheckpoint();
        try (Checkpoint meta = Checkpoint.open(new MetaFolder(tiny, degree).write(folder.resolve("meta")));
                Checkpoint original = Checkpoint.open(tiny.write(folder.resolve("original")))) {
            assertSame(original, meta);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "llama-2-7b|11008|4096|{\"dim\": 4096, \"multiple_of\": 256, \"n_heads\": 32, \"n_layers\": 32, \"norm_eps\": 1e-05, \"vocab_size\": -1}",
        "llama-2-13b|13824|4096|{\"dim\": 5120, \"multiple_of\": 256, \"n_heads\": 40, \"n_layers\": 40, \"norm_eps\": 1e-05, \"vocab_size\": -1}",
        "llama-2-70b|28672|4096|{\"dim\": 8192, \"multiple_of\": 4096, \"ffn_dim_multiplier\": 1.3, \"n_heads\": 64, \"n_kv_heads\": 8, \"n_layers\": 80, \"norm_eps\": 1e-05, \"vocab_size\": -1}"})
    void theParametersOfMetasModelsMakeTheCataloguesShapes(String name, int ffn, int context, String params) throws IOException {
        Path file = Files.writeString(folder.resolve("params.json"), params);
        ModelConfig config = MetaParamsJson.parse(JsonFile.read(file), tensor -> tensor.contains("embed") ? 32_000 : ffn, true);
        assertEquals(ModelCatalogue.find(name).orElseThrow().shape(), config.shape());
        assertEquals(context, config.shape().context());
        assertEquals(1e-5, config.normEps());
        assertEquals(1e4, config.ropeTheta());
    }

    @Test
    void aLargerRotaryBaseMeansCodeLlamasContext() throws IOException {
        MetaFolder meta = new MetaFolder(new TinyCheckpoint(), 1);
        meta.params.put("rope_theta", 1e6);
        try (Checkpoint checkpoint = Checkpoint.open(meta.write(folder.resolve("meta")))) {
            assertEquals(1e6, checkpoint.config().ropeTheta());
            assertEquals(16_384, checkpoint.config().shape().context());
        }
    }

    @Test
    void anOutputMatrixThatIsMissingIsTheEmbedding() throws IOException {
        MetaFolder meta = new MetaFolder(new TinyCheckpoint(), 2);
        meta.shards.forEach(shard -> shard.remove("output.weight"));
        try (Checkpoint checkpoint = Checkpoint.open(meta.write(folder.resolve("meta")))) {
            assertTrue(checkpoint.config().shape().tiedEmbeddings());
        }
    }

    @Test
    void theTokenizerMayLieOneFolderUp() throws IOException {
        Path shards = new MetaFolder(new TinyCheckpoint(), 1).write(folder.resolve("llama/7b"));
        Path tokenizer = folder.resolve("llama/tokenizer.model");
        Files.copy(Golden.path("tiny/mha").resolve("tokenizer.model"), tokenizer);
        try (Checkpoint checkpoint = Checkpoint.open(shards)) {
            assertEquals(448, checkpoint.vocabulary().orElseThrow().pieces().size());
            assertArrayEquals(Files.readAllBytes(tokenizer), checkpoint.originals().get("tokenizer.model"));
            Files.delete(tokenizer);
            assertEquals(Optional.empty(), checkpoint.vocabulary());
        }
    }

    static Stream<Arguments> spoilings() {
        return Stream.of(
                spoiling("a shard of another model", meta -> change(meta, 1, NORM, part -> part.numbers()[3]++),
                        "consolidated.01.pth: tensor " + NORM, "not of one model"),
                spoiling("not a number", meta -> change(meta, 1, WQ, part -> part.numbers()[9] = Float.NaN),
                        "consolidated.01.pth: tensor " + WQ + " at offset ", "holds NaN (row 5, column 1)"),
                spoiling("a tensor less in one shard", meta -> meta.shards.get(1).remove(WQ), "consolidated.01.pth: tensor " + WQ,
                        "missing"),
                spoiling("a tensor more in one shard", meta -> meta.shards.get(1).put("x", new Part(new float[1], 1)),
                        "consolidated.01.pth: tensor x", "not in the first"),
                spoiling("an alien tensor", meta -> meta.shards.forEach(shard -> shard.put("layers.0.gate.weight",
                        new Part(new float[1], 1))), "layers.0.gate.weight", "does not belong"),
                spoiling("no embedding", meta -> meta.shards.forEach(shard -> shard.remove("tok_embeddings.weight")),
                        "model.embed_tokens.weight is missing"),
                spoiling("parts of other heights", meta -> meta.shards.get(1).put("tok_embeddings.weight",
                        new Part(new float[40], 10, 4)), "consolidated.01.pth: tensor tok_embeddings.weight", "cannot be joined"),
                spoiling("parts of other widths", meta -> meta.shards.get(1).put(WQ, new Part(new float[28], 4, 7)),
                        "consolidated.01.pth: tensor " + WQ, "cannot be stacked"),
                spoiling("a part missing", meta -> meta.shards.forEach(shard -> shard.put(WQ, new Part(new float[24], 3, 8))),
                        "[6, 8] instead of [8, 8]"),
                spoiling("other vocabulary", meta -> meta.params.put("vocab_size", 12), "vocab_size is 12", "11 rows"),
                spoiling("other feed-forward width", meta -> meta.params.put("multiple_of", 16), "width 32", "one of 6"),
                spoiling("odd heads", meta -> meta.params.put("n_heads", 8), "params.json: dim is 8"),
                spoiling("heads that cannot share", meta -> meta.params.put("n_kv_heads", 3), "n_kv_heads is 3"),
                spoiling("a layer more", meta -> meta.params.put("n_layers", 3), "model.layers.2.input_layernorm.weight is missing"),
                spoiling("Llama 3.1", meta -> meta.params.put("use_scaled_rope", true), "use_scaled_rope"),
                spoiling("a mixture of experts", meta -> meta.params.putObject("moe"), "mixtures of experts"),
                spoiling("no dim", meta -> meta.params.remove("dim"), "has no dim"));
    }

    @SafeVarargs
    private static Arguments spoiling(String name, Consumer<MetaFolder> change, String... complaints) {
        return Arguments.of(name, change, List.of(complaints));
    }

    private static void change(MetaFolder meta, int shard, String tensor, Consumer<Part> change) {
        Part part = meta.shards.get(shard).get(tensor);
        Part copy = new Part(part.numbers().clone(), part.shape());
        change.accept(copy);
        meta.shards.get(shard).put(tensor, copy);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilings")
    void shardsThatMakeNoModelAreRefused(String name, Consumer<MetaFolder> change, List<String> complaints) throws IOException {
        MetaFolder meta = new MetaFolder(new TinyCheckpoint(), 2);
        change.accept(meta);
        assertRefused(meta.write(folder.resolve("meta")), complaints.toArray(new String[0]));
    }

    @Test
    void everyShardAndTheParametersMustBeThere() throws IOException {
        Path meta = new MetaFolder(new TinyCheckpoint(), 3).write(folder.resolve("meta"));
        Files.move(meta.resolve("consolidated.01.pth"), folder.resolve("aside"));
        assertRefused(meta, "consolidated.02.pth", "consolidated.01.pth, is missing");
        Files.delete(meta.resolve("consolidated.02.pth"));
        assertRefused(meta, "instead of [");
        Files.delete(meta.resolve("consolidated.00.pth"));
        assertRefused(meta, "no consolidated.00.pth");
        Files.move(folder.resolve("aside"), meta.resolve("consolidated.00.pth"));
        Files.delete(meta.resolve("params.json"));
        assertRefused(meta, "no params.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"system.pth", "system-legacy.pth", "exec.pth", "tensor-past-end.pth", "truncated.pth"})
    void aHostileShardLeavesTheStoreAsItWas(String name) throws IOException {
        Path meta = new MetaFolder(new TinyCheckpoint(), 1).write(folder.resolve("meta"));
        Files.write(meta.resolve("consolidated.00.pth"), Files.readAllBytes(Golden.path("hostile").resolve(name)));
        assertRefused(meta, "consolidated.00.pth");
    }

    private void assertRefused(Path checkpoint, String... complaints) throws IOException {
        ModelStore store = new ModelStore(folder.resolve("models"));
        IOException refusal = assertThrows(IOException.class,
                () -> store.importModel(new ImportRequest(checkpoint, "m", Dtype.Q8, Optional.empty()), Progress.NONE));
        for (String complaint : complaints) {
            assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        }
        try (Stream<Path> left = Files.list(folder.resolve("models"))) {
            assertEquals(List.of(".lock"), left.map(path -> path.getFileName().toString()).toList());
        }
    }

    private static void assertSame(Checkpoint original, Checkpoint meta) throws IOException {
        assertEquals(original.names(), meta.names());
        for (String name : original.names()) {
            TensorRows expected = original.tensor(name);
            TensorRows actual = meta.tensor(name);
            assertArrayEquals(expected.shape(), actual.shape(), name);
            for (long row = 0; row < expected.rows(); row++) {
                assertArrayEquals(row(expected, row), row(actual, row), name);
            }
        }
    }

    private static float[] row(TensorRows rows, long row) {
        float[] numbers = new float[rows.columns()];
        Arrays.fill(numbers, Float.NaN);
        rows.decode(row, numbers, 0);
        return numbers;
    }
}
