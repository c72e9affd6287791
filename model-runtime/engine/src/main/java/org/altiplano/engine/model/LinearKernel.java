package org.altiplano.engine.model;

import java.util.Optional;
import org.altiplano.engine.torch.Program;

/** A way to compute linear layers: a family of functions of the model program. */
enum LinearKernel {
    F32("f32", false, false),
    BF16("bf16", true, false),
    F16("f16", true, false),
    Q8("q8", true, true),
    INT4("int4", true, true),
    CUDA("cuda", false, false),
    CUDA32("cuda32", false, false);

    /** To be raised when the operators' packed forms change, see the comments of {@code q8.c} and its like. */
    private static final int FORM_VERSION = 4;

    private final String prefix;
    private final boolean ours;
    private final boolean kept;

    /**
     * @param ours computed by operators of our own
     * @param kept packed weights are kept for the next load: they are plain bytes, and fewer than the stored ones
     */
    LinearKernel(String prefix, boolean ours, boolean kept) {
        this.prefix = prefix;
        this.ours = ours;
        this.kept = kept;
    }

    /** Prefix of its functions. */
    String prefix() {
        return prefix;
    }

    /** Names what the operators of this version read, where that is kept. */
    Optional<String> packedForm() {
        return kept ? Optional.of(prefix + "-" + FORM_VERSION) : Optional.empty();
    }

    /**
     * Its functions: {@code _pack}, where it can compute an output projection {@code _norm} and {@code _linear}, and where a layer is
     * composed of them also {@code _input}, {@code _swiglu} and {@code _add}.
     */
    String text() {
        return Program.text(LinearKernel.class, "kernel-" + prefix + ".py");
    }

    /** The functions that compute the layers. */
    String layersText() {
        return Program.text(LinearKernel.class, ours ? "layers-operator.py" : "layers.py");
    }
}
