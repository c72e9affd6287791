package org.altiplano.engine.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.EncodedTensor;
import org.altiplano.engine.text.Vocabulary;

/** Owns the open files of a checkpoint that is being imported; used by one thread. Tensors go by Hugging Face's names. */
interface Checkpoint extends Closeable {

    /** Opens a folder in Hugging Face's layout or a GGUF file. */
    static Checkpoint open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return HuggingFaceCheckpoint.open(path);
        }
        if (!Files.exists(path)) {
            throw new IOException(path + " does not exist.");
        }
        return GgufCheckpoint.open(path);
    }

    ModelConfig config();

    /** Names of all tensors in it. */
    Set<String> names();

    EncodedTensor tensor(String name) throws IOException;

    /** Where the row of a tensor lies in the checkpoint. */
    long sourceRow(String name, long row);

    /** Its tokenizer, if it has one. */
    Optional<Vocabulary> vocabulary() throws IOException;

    /** The tokens that end a generation, as its configuration says. */
    Set<Integer> eosIds() throws IOException;

    /** Its chat template in Jinja, if it has one. */
    Optional<String> chatTemplate() throws IOException;
}
