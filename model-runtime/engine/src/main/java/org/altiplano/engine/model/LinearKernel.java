package org.altiplano.engine.model;

import org.altiplano.engine.torch.Program;

/** A way to compute linear layers: a family of functions of the model program and the type of a packed weight. */
enum LinearKernel {
    F32("f32", LinearKernel.TENSOR),
    BF16("bf16", LinearKernel.TENSOR),
    F16("f16", LinearKernel.PACKED),
    Q8("q8", LinearKernel.PACKED);

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

    /** Its functions: {@code _pack}, {@code _norm}, {@code _input}, {@code _linear}. */
    String text() {
        return Program.text(LinearKernel.class, "kernel-" + prefix + ".py").replace("PACKED", PACKED);
    }
}
