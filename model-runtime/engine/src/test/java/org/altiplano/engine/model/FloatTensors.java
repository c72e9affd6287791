package org.altiplano.engine.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.altiplano.engine.model.weights.Elements;
import org.altiplano.engine.model.weights.SafetensorsFile;
import org.altiplano.engine.model.weights.StoredTensor;

/** Expected numbers: the float32 tensors of a safetensors file, as rows. */
public record FloatTensors(Map<String, List<float[]>> tensors) {

    public static FloatTensors read(Path file) throws IOException {
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            return new FloatTensors(open.names().stream().collect(Collectors.toMap(Function.identity(), name -> rows(open.tensor(name)))));
        }
    }

    /** A vector is one row. */
    public List<float[]> rows(String name) {
        return tensors.get(name);
    }

    private static List<float[]> rows(StoredTensor tensor) {
        int width = (int) tensor.shape()[tensor.shape().length - 1];
        ByteBuffer elements = Elements.of(tensor);
        int count = elements.remaining() / Float.BYTES / width;
        return IntStream.range(0, count).mapToObj(row -> {
            float[] values = new float[width];
            elements.slice(row * width * Float.BYTES, width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        }).toList();
    }
}
