package org.altiplano.engine;

import java.util.function.Consumer;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.store.StoredModel;

/** Brings a stored model's weights to the device. */
@FunctionalInterface
public interface RunnerFactory {

    /**
     * Loads a model; takes long, and is called on a thread of its own.
     *
     * @param progress hears in a sentence how far it is, and throws a {@link java.util.concurrent.CancellationException} when
     *     the process ends, which is to be passed on
     */
    ModelRunner load(StoredModel model, Consumer<String> progress) throws Exception;
}
