package org.altiplano.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;
import org.altiplano.engine.store.StoredModel;

/** A tiny checkpoint, imported in single precision, with the logits and greedy paths that an independent program computed for it. */
record GoldenModel(String name, StoredModel stored, Path folder, List<GoldenModel.Prompt> prompts) implements AutoCloseable {

    /**
     * @param positions of the rows of logits
     * @param greedy the greedy continuation
     */
    record Prompt(int[] ids, int[] positions, List<float[]> logits, int[] greedy) {
    }

    /** A Hugging Face checkpoint of the set's folder {@code tiny}. */
    static GoldenModel tiny(String name) {
        return read("tiny/" + name, "tiny/" + name + "/golden");
    }

    /** A file of the set's folder {@code gguf}. */
    static GoldenModel gguf(String name) {
        return read("gguf/" + name + ".gguf", "gguf/" + name + ".golden");
    }

    /** A folder of the set's folder {@code meta}, such as {@code mha-mp2}: {@code tiny/mha} in Meta's form. */
    static GoldenModel meta(String name) {
        return read("meta/" + name, "tiny/" + name.split("-")[0] + "/golden");
    }

    private static GoldenModel read(String checkpoint, String answers) {
        Path source = Golden.path(checkpoint);
        try {
            Path folder = Files.createTempDirectory("golden-model");
            ModelStore store = new ModelStore(folder);
            store.importModel(new ImportRequest(source, "golden", Dtype.FP32, Optional.of("none")), Progress.NONE);
            return new GoldenModel(checkpoint, store.open("golden"), folder, prompts(answers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Prompt> prompts(String answers) throws IOException {
        FloatTensors logits = FloatTensors.read(Golden.path(answers + ".safetensors"));
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode prompt : new ObjectMapper().readTree(Golden.path(answers + ".json").toFile()).get("prompts")) {
            int[] greedy = IntStream.range(0, prompt.get("greedy").size()).map(i -> prompt.get("greedy").get(i).get("id").asInt())
                    .toArray();
            prompts.add(new Prompt(ints(prompt.get("ids")), ints(prompt.get("positions")),
                    logits.rows(prompt.get("logits").asText()), greedy));
        }
        return prompts;
    }

    ModelConfig config() {
        return stored.manifest().config();
    }

    Weights weights() {
        return stored.weights();
    }

    TorchModelRunner load(Dtype dtype, ComputeProfile profile) {
        return load(dtype, profile, weights());
    }

    /** With room for eight sequences of full length. */
    TorchModelRunner load(Dtype dtype, ComputeProfile profile, Weights weights) {
        long blocks = 8L * KvPool.blocksFor(config().shape().context());
        long bytes = blocks * KvArena.bytesPerBlock(config().shape(), ComputeProfile.kvType(dtype));
        return TorchModelRunner.load(config(), dtype, profile, weights, bytes, step -> { });
    }

    static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }

    @Override
    public void close() {
        stored.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
