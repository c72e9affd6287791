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
 * Owns a safetensors file while it is written, on one thread; only the rows of a tensor may come from several at once. Room
 * for the header is kept in front, so that a tensor's type may still change after its first rows: life is
 * {@code (begin (write* | writeAt*))* finish close}.
 */
public final class SafetensorsWriter implements Closeable {

    private final FileChannel channel;
    private final int headerBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private Entry current = new Entry("U8", new long[] {0}, 0, 0);
    private long written;

    /** @param begin offset after the header */
    private record Entry(String type, long[] shape, long begin, long end) {
    }

    /**
     * Creates the file.
     *
     * @param names every tensor that will be written
     */
    public SafetensorsWriter(Path file, Collection<String> names) throws IOException {
        // Two dimensions, two offsets and the punctuation take less than 160 bytes beside the name, as does the metadata.
        int room = 160 + names.stream().mapToInt(name -> name.length() + 160).sum();
        this.headerBytes = (room + 7) / 8 * 8;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    /** Starts a tensor; the bytes that follow must be exactly its elements. Starting one again discards its first form. */
    public void begin(String name, StoredTensor.Type type, long... shape) {
        begin(name, type.name(), type.bytes(), shape);
    }

    /** Starts a tensor of so many bytes, of type U8. */
    public void beginBytes(String name, long count) {
        begin(name, "U8", 1, count);
    }

    private void begin(String name, String type, int elementBytes, long... shape) {
        long begin = entries.containsKey(name) ? entries.get(name).begin : current.end;
        long bytes = Arrays.stream(shape).reduce(elementBytes, Math::multiplyExact);
        current = new Entry(type, shape.clone(), begin, begin + bytes);
        entries.put(name, current);
        written = 0;
    }

    /** Appends to the tensor that was begun. */
    public void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        writeAt(written, bytes);
        written += count;
    }

    /** Writes to a place in the tensor that was begun, an offset in bytes; any thread, while the owner waits. */
    public void writeAt(long offset, ByteBuffer bytes) throws IOException {
        long at = 8L + headerBytes + current.begin + offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Writes the header and forces all to the disk. */
    public void finish() throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        // Without it transformers does not take the file for PyTorch's weights.
        header.putObject("__metadata__").put("format", "pt");
        entries.forEach((name, entry) -> {
            ObjectNode node = header.putObject(name);
            node.put("dtype", entry.type);
            ArrayNode shape = node.putArray("shape");
            Arrays.stream(entry.shape).forEach(shape::add);
            node.putArray("data_offsets").add(entry.begin).add(entry.end);
        });
        ByteBuffer front = ByteBuffer.allocate(8 + headerBytes).order(ByteOrder.LITTLE_ENDIAN);
        front.putLong(headerBytes).put(header.toString().getBytes(StandardCharsets.UTF_8));
        while (front.hasRemaining()) {
            front.put((byte) ' ');
        }
        for (front.flip(); front.hasRemaining();) {
            channel.write(front, front.position());
        }
        channel.truncate(8L + headerBytes + current.end);
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
