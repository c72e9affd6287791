package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.Elements;
import org.altiplano.engine.model.weights.StoredTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final long SHARD = 1 << 20;

    @TempDir
    Path folder;

    private Path models;
    private Path checkpoint;
    private ModelStore store;

    @BeforeEach
    void createCheckpoint() throws IOException {
        models = folder.resolve("models");
        checkpoint = new TinyCheckpoint().write(folder.resolve("checkpoint"));
        store = new ModelStore(models, Clock.fixed(NOW, ZoneOffset.UTC), path -> Long.MAX_VALUE, SHARD);
    }

    @Test
    void anAbsentFolderIsAnEmptyStore() throws IOException {
        assertEquals(List.of(), store.list());
        assertEquals(Optional.empty(), store.find("m"));
        assertFalse(Files.exists(models));
    }

    @Test
    void keepsWhatItKnowsOfEachModel() throws IOException {
        ModelManifest second = importAs("m2");
        ModelManifest first = store.importModel(new ImportRequest(checkpoint, "m1", Dtype.FP32, Optional.of("none")),
                Progress.NONE);
        assertEquals(List.of(first, second), store.list());
        assertEquals(Optional.of(second), store.find("m2"));
        assertEquals(NOW, first.importedAt());
        assertEquals(TinyCheckpoint.SHAPE, first.config().shape());
        assertEquals(Set.of("model.json", "weights-00001.safetensors"), names(models.resolve("m1")));
    }

    @Test
    void opensAModelWithItsTokenizer() throws IOException {
        store.importModel(new ImportRequest(Golden.path("tiny/mha"), "mha", Dtype.Q8, Optional.of("llama2")), Progress.NONE);
        try (StoredModel model = store.open("mha")) {
            assertEquals("llama2", model.manifest().chatTemplate());
            assertTrue(model.tokenizer().orElseThrow().encode("the model serves tokens").length > 2);
            assertEquals(StoredTensor.Type.F16, model.weights().tensor("lm_head.weight").type());
        }
    }

    @Test
    void saysThatItHasNoSuchModel() {
        for (String name : new String[] {"absent", "../checkpoint", "", ".lock"}) {
            assertMessage("no model " + name, () -> store.open(name));
            assertMessage("no model " + name, () -> {
                store.remove(name);
                return null;
            });
        }
    }

    @Test
    void aNameIsTakenOnce() throws IOException {
        ModelManifest first = importAs("m");
        assertMessage("has a model m already", () -> importAs("m"));
        assertEquals(List.of(first), store.list());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "-dash", ".dot", "a/b", "a b", "ü",
        "a123456789b123456789c123456789d123456789e123456789f123456789g123"})
    void namesThatCouldLeaveTheFolderAreNotNames(String name) {
        assertThrows(IllegalArgumentException.class, () -> importAs(name));
    }

    @Test
    void anUnknownChatTemplateIsRefusedByName() {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class,
                () -> new ImportRequest(checkpoint, "m", Dtype.Q8, Optional.of("alpaca")));
        assertTrue(refusal.getMessage().contains("alpaca"));
    }

    @Test
    void aRemovedModelIsGoneButStaysReadableWhereItIsOpen() throws IOException {
        importAs("m");
        try (StoredModel model = store.open("m")) {
            store.remove("m");
            assertEquals(Optional.empty(), store.find("m"));
            assertEquals(Set.of(".lock"), names(models));
            assertEquals(64, Elements.of(model.weights().tensor("model.layers.0.self_attn.q_proj.weight")).remaining() / 2);
        }
        importAs("m");
    }

    @Test
    void refusesAnImportThatDoesNotFitTheDisk() throws IOException {
        ModelStore full = new ModelStore(models, Clock.systemUTC(), path -> 12 << 20, SHARD);
        IOException refusal = assertThrows(IOException.class, () -> full.importModel(request("m"), Progress.NONE));
        assertTrue(refusal.getMessage().matches("Importing m needs 33 MiB of disk space in .*, but only 12 MiB are free\\."),
                refusal.getMessage());
        assertEquals(Set.of(".lock"), names(models));
    }

    @Test
    void aFailedWriteIsPutDownToTheDiskOnlyWhereItIsFull() throws IOException {
        IOException failure = new IOException("write failed");
        Disk full = path -> 0;
        Disk roomy = path -> 1L << 40;
        assertTrue(full.explain(models, "Importing m", failure).getMessage().contains("is full"));
        assertSame(failure, roomy.explain(models, "Importing m", failure));
    }

    @Test
    void ofTwoImportsOfOneNameAtOnceExactlyOneSucceeds() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            Callable<Optional<ModelManifest>> task = () -> {
                start.await();
                try {
                    return Optional.of(importAs("m"));
                } catch (IOException e) {
                    assertTrue(e.getMessage().contains("already"), e.getMessage());
                    return Optional.empty();
                }
            };
            List<Future<Optional<ModelManifest>>> results = threads.invokeAll(List.of(task, task));
            long succeeded = 0;
            for (Future<Optional<ModelManifest>> result : results) {
                succeeded += result.get().isPresent() ? 1 : 0;
            }
            assertEquals(1, succeeded);
            store.open("m").close();
            assertEquals(Set.of(".lock", "m"), names(models));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anImportOfAnotherProcessIsLeftAloneUntilThatProcessDies() throws Exception {
        Process other = PausingImport.start(models, checkpoint);
        try {
            assertEquals(List.of(), store.list());
            assertMessage("being imported already", () -> importAs("m"));
            importAs("m2");
            assertTrue(names(models).contains(".import-m"));
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEquals(List.of("m2"), store.list().stream().map(ModelManifest::name).toList());
        importAs("m3");
        assertEquals(Set.of(".lock", "m2", "m3"), names(models));
        importAs("m");
        store.open("m").close();
    }

    @Test
    void saysHowAStoredModelIsDamaged() throws IOException {
        importAs("m");
        Path weights = models.resolve("m/weights-00001.safetensors");
        byte[] honest = Files.readAllBytes(weights);
        byte[] flipped = honest.clone();
        flipped[honest.length - 1] ^= 1;
        Files.write(weights, flipped);
        assertMessage("weights-00001.safetensors does not have its checksum. Remove it", () -> store.open("m"));
        Files.write(weights, java.util.Arrays.copyOf(honest, honest.length - 1));
        assertMessage("has " + (honest.length - 1) + " bytes instead of " + honest.length, () -> store.open("m"));
        Files.delete(weights);
        assertMessage("has 0 bytes", () -> store.open("m"));
        Files.writeString(models.resolve("m/model.json"), "{\"format\": 1");
        assertMessage("model.json: is no valid JSON", () -> store.open("m"));
        assertEquals(List.of(), store.list());
        store.remove("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"format\" : 1|\"format\" : 2", "\"q8\"|\"q3\"", "\"layers\" : 2|\"layers\" : 0",
        "weights-00001.safetensors|../../checkpoint", "2026-11-23T|2026-23-11T", "\"eosIds\" : [ 2 ]|\"eosIds\" : [ -2 ]",
        "\"name\" : \"m\"|\"name\" : \"n\"", "\"layers\" : 2|\"layers\" : 3", "\"sha256\"|\"sha1\""})
    void refusesAManifestThatSomebodyChanged(String change) throws IOException {
        importAs("m");
        Path manifest = models.resolve("m/model.json");
        String[] words = change.split("\\|");
        String honest = Files.readString(manifest);
        assertTrue(honest.contains(words[0]), honest);
        Files.writeString(manifest, honest.replace(words[0], words[1]));
        assertThrows(IOException.class, () -> store.open("m"));
    }

    private ModelManifest importAs(String name) throws IOException {
        return store.importModel(request(name), Progress.NONE);
    }

    private ImportRequest request(String name) {
        return new ImportRequest(checkpoint, name, Dtype.Q8, Optional.empty());
    }

    private static void assertMessage(String part, Callable<?> call) {
        IOException refusal = assertThrows(IOException.class, call::call);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
