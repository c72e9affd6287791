package org.altiplano.engine.model;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.sampling.SamplingPlan;
import org.altiplano.engine.torch.Operators;
import org.altiplano.engine.torch.Program;

/** Composes the model program: the parts of its text, the chosen kernels and a model's constants. */
final class ModelProgram {

    private ModelProgram() {
    }

    /** Compiles the program of a model. */
    static Program load(ModelConfig config, Dtype dtype, ComputeProfile profile) {
        if (!profile.cuda()) {
            Operators.load(profile.operators());
        }
        LinearKernel layers = profile.kernel(dtype);
        LinearKernel head = profile.headKernel(dtype);
        String attention = "attention-" + profile.device() + ".py";
        String parts = SamplingPlan.programText(profile.device()) + "\n" + Stream.concat(Stream.of(layers, head).distinct().map(LinearKernel::text), Stream.concat(Stream.of(layers.layersText()),
                Stream.of("weights.py", attention, "step.py").map(part -> Program.text(ModelProgram.class, part))))
                .collect(Collectors.joining("\n"));
        String text = parts.replace("KERNEL", layers.prefix()).replace("HEAD", head.prefix()).replace("OPERATORS", profile.operators())
                .replace("dtype=KV", "dtype=" + ComputeProfile.kvType(dtype).torchType());
        return Program.load(text, constants(config, profile));
    }

    private static Map<String, Object> constants(ModelConfig config, ComputeProfile profile) {
        ModelShape shape = config.shape();
        return Map.ofEntries(Map.entry("layers", shape.layers()), Map.entry("dim", shape.dim()),
                Map.entry("heads", shape.heads()), Map.entry("kv_heads", shape.kvHeads()),
                Map.entry("head_dim", shape.headDim()), Map.entry("ffn", shape.ffn()),
                Map.entry("vocabulary", shape.vocabulary()), Map.entry("eps", config.normEps()),
                Map.entry("device", profile.device()), Map.entry("rope_theta", config.ropeTheta()), Map.entry("rope_scale", config.ropeScale()));
    }
}
