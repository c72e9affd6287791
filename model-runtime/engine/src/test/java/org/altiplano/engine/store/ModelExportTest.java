package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.Elements;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.text.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelExportTest {

    @TempDir
    Path folder;

    private ModelStore store() {
        return new ModelStore(folder.resolve("models"));
    }

    static Stream<Arguments> goldens() {
        return ModelImportTest.goldens().flatMap(golden -> Stream.of(Arguments.of(golden, Dtype.FP32), Arguments.of(golden, Dtype.Q8)));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void whatIsExportedImportsAsTheSameModel(Path golden, Dtype dtype) throws IOException {
        ModelManifest first = importAs("first", golden, dtype);
        Path exported = folder.resolve("exported");
        assertEquals(first, store().exportModel("first", exported, Progress.NONE));
        ModelManifest second = importAs("second", exported, dtype);
        assertEquals(first.config(), second.config());
        assertEquals(first.eosIds(), second.eosIds());
        assertEquals(first.tokenizer(), second.tokenizer());
        assertEquals(first.chatTemplate(), second.chatTemplate());
        assertSameWeights();
        if (first.tokenizer()) {
            assertEquals(vocabulary("first"), vocabulary("second"));
        }
    }

    @Test
    void tokenizerFilesLeaveAsTheyCame() throws IOException {
        Path source = folder.resolve("source");
        Files.createDirectories(source);
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.model", "generation_config.json")) {
            Files.write(source.resolve(name), Files.readAllBytes(Golden.path("tiny/mha").resolve(name)));
        }
        Files.writeString(source.resolve("chat_template.jinja"), "{{ '[INST]' }}");
        importAs("first", source, Dtype.HALF);
        store().exportModel("first", folder.resolve("exported"), Progress.NONE);
        for (String name : List.of("tokenizer.model", "generation_config.json", "chat_template.jinja")) {
            assertArrayEquals(Files.readAllBytes(source.resolve(name)),
                    Files.readAllBytes(folder.resolve("exported").resolve(name)), name);
        }
    }

    @Test
    void theConfigurationIsTheOneOtherToolsRead() throws IOException {
        TinyCheckpoint tiny = new TinyCheckpoint();
        tiny.config.putObject("rope_scaling").put("rope_type", "linear").put("factor", 4.0);
        tiny.config.put("rope_theta", 5e5).put("rms_norm_eps", 2e-6);
        tiny.config.putArray("eos_token_id").add(2).add(5);
        importAs("first", tiny.write(folder.resolve("source")), Dtype.FP32);
        store().exportModel("first", folder.resolve("exported"), Progress.NONE);
        JsonNode config = JsonFile.read(folder.resolve("exported/config.json")).node();
        assertEquals("LlamaForCausalLM", config.at("/architectures/0").asText());
        assertEquals("float32", config.get("torch_dtype").asText());
        assertEquals(4.0, config.at("/rope_scaling/factor").asDouble());
        assertEquals(5e5, config.get("rope_theta").asDouble());
        assertEquals(2e-6, config.get("rms_norm_eps").asDouble());
        assertEquals(5, config.at("/eos_token_id/1").asInt());
        assertEquals(TinyCheckpoint.SHAPE, LlamaConfigJson.parse(JsonFile.read(folder.resolve("exported/config.json"))).shape());
    }

    @Test
    void largeModelsLeaveInShardsWithAnIndex() throws IOException {
        importAs("first", new TinyCheckpoint().write(folder.resolve("source")), Dtype.FP32);
        try (StoredModel model = store().open("first")) {
            new ModelExport(model, folder.resolve("models/first"), folder.resolve("exported"), Progress.NONE)
                    .run(path -> Long.MAX_VALUE, 1_000);
        }
        try (Stream<Path> files = Files.list(folder.resolve("exported"))) {
            List<Path> shards = files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
            assertEquals(String.format("model-00001-of-%05d.safetensors", shards.size()), shards.get(0).getFileName().toString());
            assertTrue(shards.size() > 2, shards.toString());
        }
        JsonNode index = JsonFile.read(folder.resolve("exported/model.safetensors.index.json")).node();
        assertEquals(4 * TinyCheckpoint.SHAPE.parameters(), index.at("/metadata/total_size").asLong());
        importAs("second", folder.resolve("exported"), Dtype.FP32);
        assertSameWeights();
    }

    @Test
    void nothingIsWrittenOverWhatIsThere() throws IOException {
        importAs("first", new TinyCheckpoint().write(folder.resolve("source")), Dtype.Q8);
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("letter.txt"), "mine");
        for (Path target : List.of(taken, taken.resolve("letter.txt"))) {
            IOException refusal = assertThrows(IOException.class, () -> store().exportModel("first", target, Progress.NONE));
            assertTrue(refusal.getMessage().contains("no empty folder"), refusal.getMessage());
        }
        assertEquals("mine", Files.readString(taken.resolve("letter.txt")));
        assertThrows(IOException.class, () -> store().exportModel("absent", folder.resolve("exported"), Progress.NONE));
        assertFalse(Files.exists(folder.resolve("exported")));
    }

    @Test
    void aFullDiskIsSaidBeforehand() throws IOException {
        importAs("first", new TinyCheckpoint().write(folder.resolve("source")), Dtype.Q8);
        try (StoredModel model = store().open("first")) {
            ModelExport export = new ModelExport(model, folder.resolve("models/first"), folder.resolve("exported"), Progress.NONE);
            IOException refusal = assertThrows(IOException.class, () -> export.run(path -> 1 << 20, 1_000));
            assertTrue(refusal.getMessage().contains("Exporting first needs"), refusal.getMessage());
        }
    }

    private ModelManifest importAs(String name, Path checkpoint, Dtype dtype) throws IOException {
        return store().importModel(new ImportRequest(checkpoint, name, dtype, Optional.empty()), Progress.NONE);
    }

    private Vocabulary vocabulary(String name) throws IOException {
        return Vocabulary.read(folder.resolve("models").resolve(name).resolve(ModelImport.VOCABULARY));
    }

    private void assertSameWeights() throws IOException {
        try (StoredModel first = store().open("first"); StoredModel second = store().open("second")) {
            assertEquals(first.weights().names(), second.weights().names());
            for (String name : first.weights().names()) {
                StoredTensor one = first.weights().tensor(name);
                StoredTensor other = second.weights().tensor(name);
                assertEquals(one.type(), other.type(), name);
                assertArrayEquals(one.shape(), other.shape(), name);
                assertEquals(Elements.of(one), Elements.of(other), name);
            }
        }
    }
}
