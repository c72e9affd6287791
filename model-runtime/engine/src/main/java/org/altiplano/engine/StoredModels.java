package org.altiplano.engine;

import java.io.IOException;
import java.util.List;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.StoredModel;
import org.slf4j.LoggerFactory;

/** The models that can be served: those of the local store. */
public interface StoredModels {

    /** Their names, sorted. */
    List<String> names();

    /** The models of a store; where its folder cannot be read, there are no names. */
    static StoredModels of(ModelStore store) {
        return new StoredModels() {
            @Override
            public List<String> names() {
                try {
                    return store.list().stream().map(ModelManifest::name).toList();
                } catch (IOException e) {
                    LoggerFactory.getLogger(StoredModels.class).warn("The model store cannot be listed.", e);
                    return List.of();
                }
            }

            @Override
            public StoredModel open(String name) throws IOException {
                return store.open(name);
            }
        };
    }

    /** @throws IOException if there is none of that name or its files are damaged, with a sentence that says so */
    StoredModel open(String name) throws IOException;
}
