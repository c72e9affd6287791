package org.altiplano.engine.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.altiplano.engine.model.ModelConfig;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.text.Vocabulary;

/** Owns the open files of a checkpoint that is being imported; used by one thread. Tensors go by Hugging Face's names. */
interface Checkpoint extends Closeable {

    /** Opens a folder in Hugging Face's layout, a folder in Meta's, or a GGUF file. */
    static Checkpoint open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return MetaCheckpoint.isOne(path) ? MetaCheckpoint.open(path) : HuggingFaceCheckpoint.open(path);
        }
        if (!Files.exists(path)) {
            throw new IOException(path + " does not exist.");
        }
        refusePickle(path);
        return GgufCheckpoint.open(path);
    }

    private static void refusePickle(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(2);
            if (start.length == 2 && (start[0] == 'P' && start[1] == 'K' || start[0] == (byte) 0x80)) {
                throw new IOException(path + " is a file of torch.save. Of these, Meta's checkpoints are read: import the folder "
                        + "that holds consolidated.00.pth and params.json.");
            }
        }
    }

    ModelConfig config();

    /** Names of all tensors in it. */
    Set<String> names();

    /** A tensor of it, in Hugging Face's order of rows; mapped anew by every call. */
    TensorRows tensor(String name) throws IOException;

    /** Its tokenizer, if it has one. */
    Optional<Vocabulary> vocabulary() throws IOException;

    /** The tokens that end a generation, as its configuration says. */
    Set<Integer> eosIds() throws IOException;

    /** Its chat template in Jinja, if it has one. */
    Optional<String> chatTemplate() throws IOException;

    /** What other tools read beside the weights, as it came: files of {@link OriginalFiles} by their names. */
    Map<String, byte[]> originals() throws IOException;
}
