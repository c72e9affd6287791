package org.altiplano.engine.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Owns a safetensors file while it is written, on one thread. Room for the header is kept in front, so that a tensor's
 * type may still change after its first rows: life is {@code (begin write*)* finish close}.
 */
public final class SafetensorsWriter implements Closeable {

    private final FileChannel channel;
    private final int headerBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long position;

    private record Entry(StoredTensor.Type type, long[] shape, long begin, long end) {
    }

    /**
     * Creates the file.
     *
     * @param names every tensor that will be written
     */
    public SafetensorsWriter(Path file, Collection<String> names) throws IOException {
        // Two dimensions, two offsets and the punctuation take less than 160 bytes beside the name.
        int room = 2 + names.stream().mapToInt(name -> name.length() + 160).sum();
        this.headerBytes = (room + 7) / 8 * 8;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        this.position = 8L + headerBytes;
    }

    /** Starts a tensor; the bytes that follow must be exactly its elements. Starting one again discards its first form. */
    public void begin(String name, StoredTensor.Type type, long... shape) {
        long begin = entries.containsKey(name) ? entries.get(name).begin : position - 8 - headerBytes;
        long bytes = Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
        entries.put(name, new Entry(type, shape.clone(), begin, begin + bytes));
        position = 8L + headerBytes + begin;
    }

    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    /** Writes the header and forces all to the disk. */
    public void finish() throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        entries.forEach((name, entry) -> {
            ObjectNode node = header.putObject(name);
            node.put("dtype", entry.type.name());
            ArrayNode shape = node.putArray("shape");
            Arrays.stream(entry.shape).forEach(shape::add);
            node.putArray("data_offsets").add(entry.begin).add(entry.end);
        });
        ByteBuffer front = ByteBuffer.allocate(8 + headerBytes).order(ByteOrder.LITTLE_ENDIAN);
        front.putLong(headerBytes).put(header.toString().getBytes(StandardCharsets.UTF_8));
        while (front.hasRemaining()) {
            front.put((byte) ' ');
        }
        long end = position;
        position = 0;
        write(front.flip());
        channel.truncate(end);
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
