package org.altiplano.contract;

import java.util.List;
import java.util.Optional;

/** The models that the platform knows by name, with their exact shapes and where their weights come from. */
public final class ModelCatalogue {

    /**
     * A known model.
     *
     * @param name as used in requests and commands
     * @param shape exact dimensions
     * @param chatTemplate {@code llama2}, {@code chatml} or {@code none}
     * @param licence the licence of its weights, as a sentence
     * @param weights how to get the weights, as a sentence
     * @param pullable whether {@code altiplano models pull} fetches it
     */
    public record Entry(String name, ModelShape shape, String chatTemplate, String licence, String weights,
                        boolean pullable) {
    }

    private static final String LLAMA2_LICENCE = "Llama 2 Community License Agreement (Meta); not redistributed here.";
    private static final String LLAMA2_WEIGHTS = "Import your own: altiplano models import PATH --name NAME.";

    /** Every entry. The paper gives no dimensions for 34B, which was not released: CodeLlama-34B's shape stands in. */
    public static final List<Entry> ENTRIES = List.of(
            new Entry("smollm2-135m-instruct", new ModelShape(30, 576, 9, 3, 64, 1536, 49152, 8192, true), "chatml",
                    "Apache License 2.0.", "altiplano models pull smollm2-135m-instruct", true),
            llama2("llama-2-7b", new ModelShape(32, 4096, 32, 32, 128, 11008, 32000, 4096, false), "none"),
            llama2("llama-2-7b-chat", new ModelShape(32, 4096, 32, 32, 128, 11008, 32000, 4096, false), "llama2"),
            llama2("llama-2-13b", new ModelShape(40, 5120, 40, 40, 128, 13824, 32000, 4096, false), "none"),
            llama2("llama-2-13b-chat", new ModelShape(40, 5120, 40, 40, 128, 13824, 32000, 4096, false), "llama2"),
            llama2("llama-2-34b", new ModelShape(48, 8192, 64, 8, 128, 22016, 32000, 4096, false), "none"),
            llama2("llama-2-34b-chat", new ModelShape(48, 8192, 64, 8, 128, 22016, 32000, 4096, false), "llama2"),
            llama2("llama-2-70b", new ModelShape(80, 8192, 64, 8, 128, 28672, 32000, 4096, false), "none"),
            llama2("llama-2-70b-chat", new ModelShape(80, 8192, 64, 8, 128, 28672, 32000, 4096, false), "llama2"));

    private ModelCatalogue() {
    }

    public static Optional<Entry> find(String name) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    private static Entry llama2(String name, ModelShape shape, String chatTemplate) {
        return new Entry(name, shape, chatTemplate, LLAMA2_LICENCE, LLAMA2_WEIGHTS, false);
    }
}
