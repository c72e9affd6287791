package org.altiplano.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;

/** Trusted safetensors files of a folder, for tests. */
public final class SafetensorsFolder implements Weights {

    private final Map<String, StoredTensor> tensors = new HashMap<>();

    public SafetensorsFolder(Path folder, String glob) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.getFileName().toString().matches(glob)).toList()) {
                read(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN);
            byte[] header = new byte[(int) all.getLong(0)];
            all.get(8, header);
            JsonNode json = new ObjectMapper().readTree(new String(header, StandardCharsets.UTF_8));
            for (Map.Entry<String, JsonNode> each : json.properties()) {
                if (!each.getKey().equals("__metadata__")) {
                    JsonNode tensor = each.getValue();
                    long[] shape = new long[tensor.get("shape").size()];
                    for (int i = 0; i < shape.length; i++) {
                        shape[i] = tensor.get("shape").get(i).asLong();
                    }
                    int begin = tensor.get("data_offsets").get(0).asInt();
                    int end = tensor.get("data_offsets").get(1).asInt();
                    tensors.put(each.getKey(), new StoredTensor(each.getKey(), StoredTensor.Type.valueOf(tensor.get("dtype").asText()),
                            shape, all.slice(8 + header.length + begin, end - begin).order(ByteOrder.LITTLE_ENDIAN)));
                }
            }
        }
    }

    /** A float32 tensor's rows. */
    public List<float[]> rows(String name) {
        StoredTensor tensor = tensor(name);
        int width = (int) tensor.shape()[tensor.shape().length - 1];
        return Stream.iterate(0, at -> at < tensor.data().remaining(), at -> at + 4 * width).map(at -> {
            float[] row = new float[width];
            tensor.data().slice(at, 4 * width).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
            return row;
        }).toList();
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public StoredTensor tensor(String name) {
        if (!tensors.containsKey(name)) {
            throw new NoSuchElementException(name);
        }
        return tensors.get(name);
    }

    @Override
    public void close() {
        tensors.clear();
    }
}
