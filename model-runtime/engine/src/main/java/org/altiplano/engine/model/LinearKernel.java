package org.altiplano.engine.model;

import java.util.Optional;
import org.altiplano.engine.torch.Program;

/** A way to compute linear layers: a family of functions of the model program and the type of a packed weight. */
enum LinearKernel {
    F32("f32", LinearKernel.TENSOR),
    BF16("bf16", LinearKernel.TENSOR),
    F16("f16", LinearKernel.PACKED),
    Q8("q8", LinearKernel.TENSOR),
    INT4("int4", LinearKernel.TENSOR),
    CUDA("cuda", LinearKernel.TENSOR),
    CUDA32("cuda32", LinearKernel.TENSOR);

    /** To be raised when the operators' packed form changes, see {@code q8_pack} and {@code q4_pack}. */
    private static final int FORM_VERSION = 3;

    private static final String TENSOR = "Tensor";
    private static final String PACKED = "__torch__.torch.classes.quantized.LinearPackedParamsBase";

    private final String prefix;
    private final String weightType;

    LinearKernel(String prefix, String weightType) {
        this.prefix = prefix;
        this.weightType = weightType;
    }

    /** Prefix of its functions. */
    String prefix() {
        return prefix;
    }

    /** TorchScript type of a packed weight. */
    String weightType() {
        return weightType;
    }

    /** Names what the operators of this version read; empty where a packed weight is no plain bytes, which can be kept. */
    Optional<String> packedForm() {
        return ours() ? Optional.of(prefix + "-" + FORM_VERSION) : Optional.empty();
    }

    /**
     * Its functions: {@code _pack}, and for the output projection {@code _norm} and {@code _linear}; where a layer is composed of
     * them, also {@code _input}, {@code _swiglu} and {@code _add}.
     */
    String text() {
        return Program.text(LinearKernel.class, "kernel-" + prefix + ".py").replace("PACKED", PACKED);
    }

    /** The function {@code layer}. */
    String layerText() {
        return Program.text(LinearKernel.class, ours() ? "layer-operator.py" : "layer.py");
    }

    private boolean ours() {
        return this == Q8 || this == INT4;
    }
}
