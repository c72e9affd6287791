package org.altiplano.engine.model;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.altiplano.engine.model.weights.Elements;
import org.altiplano.engine.model.weights.StoredBytes;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;

/** Weights of which one tensor is another. */
record AlteredWeights(Weights original, String altered, UnaryOperator<StoredTensor> change) implements Weights {

    /** One element of a float32 tensor set to a value. */
    static AlteredWeights element(Weights original, String altered, int index, float value) {
        return new AlteredWeights(original, altered, tensor -> {
            ByteBuffer data = Elements.of(tensor).putFloat(4 * index, value);
            return new StoredTensor(tensor.name(), tensor.type(), tensor.shape(), StoredBytes.of(data));
        });
    }

    @Override
    public Set<String> names() {
        return original.names();
    }

    @Override
    public StoredTensor tensor(String name) {
        StoredTensor tensor = original.tensor(name);
        return name.equals(altered) ? change.apply(tensor) : tensor;
    }

    @Override
    public void close() {
        original.close();
    }
}
