package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of a checkpoint in Hugging Face's layout that the store keeps as they came, so that a model leaves it with the very
 * tokenizer it came with. The engine itself reads {@code vocabulary.json}.
 */
final class OriginalFiles {

    static final String CHAT_TEMPLATE = "chat_template.jinja";

    static final List<String> NAMES = List.of("tokenizer.json", "tokenizer.model", "tokenizer_config.json",
            "special_tokens_map.json", "added_tokens.json", "generation_config.json", CHAT_TEMPLATE);

    /** A tokenizer of 128 000 tokens takes 17 MB. */
    private static final long LARGEST = 64 << 20;

    private OriginalFiles() {
    }

    /** Those that a folder holds. */
    static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                files.put(name, read(file, LARGEST));
            }
        }
        return files;
    }

    private static byte[] read(Path file, long largest) throws IOException {
        if (Files.size(file) > largest) {
            throw new IOException(file + ": has " + Files.size(file) + " bytes; at most " + largest + " are read.");
        }
        return Files.readAllBytes(file);
    }
}
