package org.altiplano.engine.model;

import java.util.List;
import java.util.stream.Stream;
import org.altiplano.engine.model.weights.Weights;

/** Runners on the operators of each kind of CPU that this machine can be, with as little KV memory as a test wants. */
public final class TightRunners {

    private TightRunners() {
    }

    public static List<ComputeProfile> profiles() {
        return Stream.of(ComputeProfile.AVX2, ComputeProfile.probe()).distinct().toList();
    }

    public static ModelRunner load(ModelConfig config, Dtype dtype, ComputeProfile profile, Weights weights, int blocks) {
        long bytes = blocks * KvArena.bytesPerBlock(config.shape(), ComputeProfile.kvType(dtype));
        return TorchModelRunner.load(config, dtype, profile, weights, bytes, step -> { });
    }
}
