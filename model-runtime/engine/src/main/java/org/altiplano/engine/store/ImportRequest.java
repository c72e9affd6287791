package org.altiplano.engine.store;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.altiplano.contract.ModelSource;
import org.altiplano.engine.model.Dtype;

/**
 * A checkpoint that is to enter the store.
 *
 * @param path a folder in Hugging Face's layout (config.json and safetensors), one in Meta's (params.json and
 *        consolidated.NN.pth) or a GGUF file
 * @param name the model's name in the store: a to z, 0 to 9, dot, underscore and hyphen, at most 63 characters
 * @param dtype how its linear layers are to be computed
 * @param chatTemplate {@code llama2}, {@code chatml} or {@code none}; empty: as the catalogue or the checkpoint says
 */
public record ImportRequest(Path path, String name, Dtype dtype, Optional<String> chatTemplate) {

    public ImportRequest {
        Objects.requireNonNull(path);
        Objects.requireNonNull(dtype);
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot be the name of a model: use a to z, 0 to 9, dot, "
                    + "underscore and hyphen, beginning with a letter or digit, at most 63 characters.");
        }
        chatTemplate.filter(template -> !ModelSource.CHAT_TEMPLATES.contains(template)).ifPresent(template -> {
            throw new IllegalArgumentException("Unknown chat template " + template + "; known are llama2, chatml and none.");
        });
    }

    static boolean isName(String name) {
        return ModelSource.isName(name);
    }
}
