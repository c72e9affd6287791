package org.altiplano.engine.model;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.sampling.SamplingPlan;
import org.altiplano.engine.torch.Program;

/** Composes the model program: the parts of its text, the chosen kernels and a model's constants. */
final class ModelProgram {

    /** Queries of a prefill run that attend at once: 128 balances wasted scores above the diagonal and small products. */
    private static final int CHUNK = 128;
    private static final String FLOAT32 = "6";
    private static final String BFLOAT16 = "15";

    private ModelProgram() {
    }

    /** Compiles the program of a model; {@code layers} and {@code head} compute its linear layers. */
    static Program load(ModelConfig config, LinearKernel layers, LinearKernel head, boolean halfAttention, double q8Range) {
        String kernels = Stream.of(layers, head).distinct().map(LinearKernel::text).collect(Collectors.joining("\n"));
        String parts = Stream.of("weights.py", "kv.py", "step.py").map(part -> Program.text(ModelProgram.class, part))
                .collect(Collectors.joining("\n"));
        String text = parts.replace("KERNEL", layers.prefix()).replace("HEADWEIGHT", head.weightType())
                .replace("HEAD", head.prefix()).replace("WEIGHT", layers.weightType())
                .replace("dtype=KV", "dtype=" + (halfAttention ? BFLOAT16 : FLOAT32))
                .replace(", KV)", ", " + (halfAttention ? BFLOAT16 : FLOAT32) + ")");
        return Program.load(kernels + "\n" + text + "\n" + SamplingPlan.programText(), constants(config, halfAttention, q8Range));
    }

    private static Map<String, Object> constants(ModelConfig config, boolean halfAttention, double q8Range) {
        ModelShape shape = config.shape();
        return Map.ofEntries(Map.entry("layers", shape.layers()), Map.entry("dim", shape.dim()),
                Map.entry("heads", shape.heads()), Map.entry("kv_heads", shape.kvHeads()),
                Map.entry("head_dim", shape.headDim()), Map.entry("ffn", shape.ffn()),
                Map.entry("vocabulary", shape.vocabulary()), Map.entry("chunk", CHUNK), Map.entry("eps", config.normEps()),
                Map.entry("rope_theta", config.ropeTheta()), Map.entry("rope_scale", config.ropeScale()),
                Map.entry("half_attention", halfAttention), Map.entry("q8_range", q8Range));
    }
}
