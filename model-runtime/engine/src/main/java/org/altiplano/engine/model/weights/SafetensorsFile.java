package org.altiplano.engine.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Owns the open channel of one safetensors file; any thread may read. The header is checked whole when the file is
 * opened (github.com/huggingface/safetensors, "Format"): 8 bytes header length, the header as JSON, then the tensors
 * without gaps. A tensor is mapped when it is asked for.
 */
public final class SafetensorsFile implements Weights {

    /** Llama 2 70B has 723 tensors and a header below 100 kB. */
    private static final long LONGEST_HEADER = 16 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, Integer> BYTES = Map.ofEntries(Map.entry("BOOL", 1), Map.entry("U8", 1),
            Map.entry("I8", 1), Map.entry("F8_E4M3", 1), Map.entry("F8_E5M2", 1), Map.entry("I16", 2), Map.entry("U16", 2),
            Map.entry("F16", 2), Map.entry("BF16", 2), Map.entry("I32", 4), Map.entry("U32", 4), Map.entry("F32", 4),
            Map.entry("I64", 8), Map.entry("U64", 8), Map.entry("F64", 8));

    private final Path file;
    private final FileChannel channel;
    private final long start;
    private final Map<String, Entry> entries;

    private record Entry(String type, long[] shape, Region region) {
    }

    private SafetensorsFile(Path file, FileChannel channel, long start, Map<String, Entry> entries) {
        this.file = file;
        this.channel = channel;
        this.start = start;
        this.entries = entries;
    }

    /** Opens a file and checks its header; an IOException names file, tensor and offset of what is wrong. */
    public static SafetensorsFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            long length = size < 8 ? -1 : read(channel, file, 0, 8).getLong();
            if (length < 2 || length > size - 8) {
                throw new IOException(file + ": the header's length " + Long.toUnsignedString(length)
                        + " at offset 0 does not fit the file's " + size + " bytes.");
            }
            if (length > LONGEST_HEADER) {
                throw new IOException(file + ": the header's length " + length + " is above the limit of " + LONGEST_HEADER
                        + " bytes.");
            }
            Map<String, Entry> entries = entries(file, read(channel, file, 8, (int) length).array());
            checkRegions(file, entries, size - 8 - length);
            return new SafetensorsFile(file, channel, 8 + length, entries);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException where its type is none of F32, F16 and BF16, or the file cannot be mapped
     */
    @Override
    public StoredTensor tensor(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new NoSuchElementException(file + " has no tensor " + name + ".");
        }
        long bytes = entry.region.end() - entry.region.begin();
        try {
            if (!List.of("F32", "F16", "BF16").contains(entry.type)) {
                throw new IOException(file + ": tensor " + name + " has the type " + entry.type
                        + "; F32, F16 and BF16 can be read.");
            }
            if (bytes > Integer.MAX_VALUE) {
                throw new IOException(file + ": tensor " + name + " has " + bytes + " bytes; at most 2 GiB can be mapped.");
            }
            ByteBuffer data = channel.map(MapMode.READ_ONLY, start + entry.region.begin(), bytes)
                    .order(ByteOrder.LITTLE_ENDIAN);
            return new StoredTensor(name, StoredTensor.Type.valueOf(entry.type), entry.shape.clone(), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer read(FileChannel channel, Path file, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException(file + " ends at offset " + (at + bytes.position()) + ", within its header.");
            }
        }
        return bytes.flip();
    }

    private static Map<String, Entry> entries(Path file, byte[] header) throws IOException {
        JsonNode tree;
        try {
            tree = JSON.readTree(header);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": the header is no valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!tree.isObject()) {
            throw new IOException(file + ": the header is no JSON object.");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> fields = tree.fields(); fields.hasNext();) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (!field.getKey().equals("__metadata__")) {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue()));
            }
        }
        return entries;
    }

    private static Entry entry(Path file, String name, JsonNode node) throws IOException {
        String type = node.path("dtype").asText();
        Integer bytes = BYTES.get(type);
        if (bytes == null) {
            throw new IOException(file + ": tensor " + name + " has the unknown type '" + type + "'.");
        }
        long[] shape = longs(file, name, node, "shape");
        long[] offsets = longs(file, name, node, "data_offsets");
        if (offsets.length != 2) {
            throw new IOException(file + ": tensor " + name + " has " + offsets.length + " data_offsets instead of two.");
        }
        long elements = Region.elements(file, name, shape);
        long length = offsets[1] - offsets[0];
        if (length < 0 || length % bytes != 0 || length / bytes != elements) {
            throw new IOException(file + ": tensor " + name + " at offset " + offsets[0] + " to " + offsets[1]
                    + " does not have the " + elements + " elements of type " + type + " that its shape says.");
        }
        return new Entry(type, shape, new Region(name, offsets[0], offsets[1]));
    }

    private static long[] longs(Path file, String name, JsonNode tensor, String field) throws IOException {
        JsonNode array = tensor.path(field);
        long[] values = new long[array.size()];
        boolean valid = array.isArray();
        for (int i = 0; i < values.length && valid; i++) {
            JsonNode value = array.get(i);
            valid = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
            values[i] = value.longValue();
        }
        if (!valid) {
            throw new IOException(file + ": tensor " + name + " has no valid " + field + ".");
        }
        return values;
    }

    private static void checkRegions(Path file, Map<String, Entry> entries, long length) throws IOException {
        List<Region> regions = new ArrayList<>(entries.size());
        long covered = 0;
        for (Entry entry : entries.values()) {
            regions.add(entry.region);
        }
        Region.check(file, regions, length);
        for (Region region : regions) {
            covered += region.end() - region.begin();
        }
        if (covered != length) {
            throw new IOException(file + ": the tensors cover " + covered + " of the " + length + " bytes after the header.");
        }
    }
}
