package org.altiplano.engine;

import java.io.IOException;
import java.util.List;
import org.altiplano.engine.store.StoredModel;

/** The models that can be served: those of the local store. */
public interface StoredModels {

    /** Their names, sorted. */
    List<String> names();

    /** @throws IOException if there is none of that name or its files are damaged, with a sentence that says so */
    StoredModel open(String name) throws IOException;
}
