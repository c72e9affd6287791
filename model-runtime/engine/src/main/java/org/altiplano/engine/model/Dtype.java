package org.altiplano.engine.model;

import java.util.Locale;

/** How a model's linear layers are computed. */
public enum Dtype {
    /** Single precision. */
    FP32,
    /** Half precision: bf16 where the CPU computes it, else fp16 weights with fp32 activations. */
    HALF,
    /** int8 weights and int8 activations, in groups of an output channel and of a token's row. */
    Q8,
    /** 4-bit weights per group of an output channel, activations as in q8: half of q8's memory. */
    INT4;

    /** The word used in commands and manifests. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Dtype ofWord(String word) {
        for (Dtype dtype : values()) {
            if (dtype.word().equals(word)) {
                return dtype;
            }
        }
        throw new IllegalArgumentException("Unknown dtype " + word + "; known are q8, int4, half and fp32.");
    }
}
