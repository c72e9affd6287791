package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmolLm2ImportTest {

    @Test
    void theRealModelIsWhatTheCatalogueSays(@TempDir Path folder) throws IOException {
        ModelStore store = new ModelStore(folder);
        String name = ModelDownload.NAME;
        ModelManifest manifest = store.importModel(new ImportRequest(SmolLm2.gguf(), name, Dtype.Q8, Optional.empty()),
                Progress.NONE);
        assertEquals(ModelCatalogue.find(name).orElseThrow().shape(), manifest.config().shape());
        assertEquals(1e5, manifest.config().ropeTheta());
        assertEquals("chatml", manifest.chatTemplate());
        assertEquals(Set.of(2), manifest.eosIds());
        assertTrue(manifest.tokenizer());
        try (StoredModel model = store.open(name)) {
            assertEquals(49_152, model.tokenizer().orElseThrow().size());
            assertEquals(StoredTensor.Type.F16, model.weights().tensor("model.layers.29.mlp.down_proj.weight").type());
        }
    }
}
