package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.store.LlamaTensors.Expected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights pass through a few buffers: what an import takes in memory does not depend on the size of a tensor. */
class StreamingImportTest {

    private static final int MEGABYTES = 40;

    /** Two tensors of 98 MB, each more than heap and direct memory of the importing process together. */
    private static final ModelShape SHAPE = new ModelShape(2, 512, 8, 8, 64, 1_408, 48_000, 128, false);

    @TempDir
    Path folder;

    @Test
    void tensorsLargerThanTheMemoryAreImported() throws IOException {
        Path checkpoint = checkpoint();
        for (Dtype dtype : List.of(Dtype.FP32, Dtype.Q8)) {
            Path store = folder.resolve(dtype.word());
            long anonymous = FrugalImport.run(store, checkpoint, dtype, MEGABYTES).get(1);
            assertTrue(anonymous < 300L << 20, dtype + " took " + anonymous + " bytes");
            assertTrue(new ModelStore(store).find("m").isPresent());
        }
    }

    /** Of zeros, which take no room on the disk. */
    private Path checkpoint() throws IOException {
        ObjectNode config = JsonFile.JSON.createObjectNode().put("model_type", "llama").put("hidden_size", SHAPE.dim())
                .put("num_attention_heads", SHAPE.heads()).put("num_hidden_layers", SHAPE.layers())
                .put("intermediate_size", SHAPE.ffn()).put("vocab_size", SHAPE.vocabulary());
        Files.writeString(folder.resolve("config.json"), config.toString());
        List<Expected> tensors = LlamaTensors.of(SHAPE);
        try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve("model.safetensors"),
                tensors.stream().map(Expected::name).toList())) {
            for (Expected expected : tensors) {
                writer.begin(expected.name(), StoredTensor.Type.F32, expected.shape());
                writer.writeAt(expected.elements() * 4 - 4, ByteBuffer.allocate(4));
            }
            writer.finish();
        }
        return folder;
    }
}
