package org.altiplano.engine.model;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;

/** Counts the weights that a model asks for; where layers share their matrices, the first layer's count for all of them. */
public final class CountedWeights implements Weights {

    private final Weights weights;
    private final int layers;
    private final boolean shared;
    private final Map<String, Long> asked = new ConcurrentHashMap<>();

    public CountedWeights(Weights weights, int layers, boolean shared) {
        this.weights = weights;
        this.layers = layers;
        this.shared = shared;
    }

    public long parameters() {
        return asked.values().stream().mapToLong(each -> each).sum();
    }

    @Override
    public Set<String> names() {
        return weights.names();
    }

    @Override
    public StoredTensor tensor(String name) {
        StoredTensor tensor = weights.tensor(name);
        long elements = LongStream.of(tensor.shape()).reduce(1, (a, b) -> a * b);
        boolean standsForAll = shared && name.startsWith("model.layers.0.") && name.contains("_proj.");
        asked.put(name, standsForAll ? layers * elements : elements);
        return tensor;
    }

    @Override
    public int matricesOf(int layer) {
        return shared ? 0 : layer;
    }

    @Override
    public void close() {
        weights.close();
    }
}
