package org.altiplano.contract;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a model for a worker's store comes from. Whoever holds one need not check its words again. */
public sealed interface ModelSource {

    /** How linear layers can be computed. */
    List<String> DTYPES = List.of("q8", "int4", "half", "fp32");

    /** How chats can be written for a model. */
    List<String> CHAT_TEMPLATES = List.of("llama2", "chatml", "none");

    /** What a name in a store looks like. */
    Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /** The model's name in the store. */
    String name();

    /** The download of a model that {@link ModelCatalogue} calls pullable. */
    record Catalogue(String name) implements ModelSource {

        public Catalogue {
            if (ModelCatalogue.find(name).filter(ModelCatalogue.Entry::pullable).isEmpty()) {
                throw new IllegalArgumentException("The model " + name + " cannot be downloaded.");
            }
        }
    }

    /**
     * A checkpoint in the worker's import folder.
     *
     * @param path within that folder
     * @param dtype one of {@link #DTYPES}
     * @param chatTemplate one of {@link #CHAT_TEMPLATES}; empty: as the catalogue or the checkpoint says
     */
    record Folder(String name, String path, String dtype, Optional<String> chatTemplate) implements ModelSource {

        public Folder {
            if (!isName(name)) {
                throw new IllegalArgumentException("'" + name + "' cannot be the name of a model: use a to z, 0 to 9, dot, "
                        + "underscore and hyphen, beginning with a letter or digit, at most 63 characters.");
            }
            if (!DTYPES.contains(dtype) || !CHAT_TEMPLATES.containsAll(chatTemplate.stream().toList())) {
                throw new IllegalArgumentException("No such number format or chat template: " + dtype + ", " + chatTemplate.orElse("none") + ".");
            }
        }
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
