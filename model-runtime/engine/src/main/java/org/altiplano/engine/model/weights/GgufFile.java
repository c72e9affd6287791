package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Owns the open channel of one GGUF file (versions 2 and 3, little-endian); any thread may read. Metadata and tensor
 * table are checked whole when the file is opened (github.com/ggml-org/ggml, docs/gguf.md); a tensor is mapped when it is
 * asked for.
 */
public final class GgufFile implements AutoCloseable {

    /** A vocabulary of 128 000 tokens with merges takes about 8 MB. */
    private static final int LONGEST_FRONT = 32 << 20;

    /** Llama 2 70B has 723 tensors, and files have some thirty metadata entries. */
    private static final int MOST_ENTRIES = 1 << 16;

    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final long DEFAULT_ALIGNMENT = 32;

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Object> metadata;
    private final Map<String, Entry> entries;
    private final long start;

    private record Entry(BlockFormat format, long[] shape, Region region) {
    }

    private GgufFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long size = channel.size();
        ByteBuffer front = channel.map(MapMode.READ_ONLY, 0, Math.min(size, LONGEST_FRONT)).order(ByteOrder.LITTLE_ENDIAN);
        GgufCursor cursor = new GgufCursor(file, front, size > LONGEST_FRONT);
        if (cursor.readInt("the magic number") != MAGIC) {
            throw new IOException(file + ": does not begin with GGUF.");
        }
        int version = cursor.readInt("the version");
        if (version != 2 && version != 3) {
            throw new IOException(file + ": has version " + version + "; little-endian GGUF of version 2 or 3 can be read.");
        }
        int tensors = cursor.readCount("the number of tensors", 24, MOST_ENTRIES);
        int pairs = cursor.readCount("the number of metadata entries", 13, MOST_ENTRIES);
        this.metadata = metadata(cursor, pairs);
        long alignment = alignment();
        this.entries = entries(cursor, tensors, alignment);
        this.start = (cursor.offset() + alignment - 1) / alignment * alignment;
        Region.check(file, entries.values().stream().map(Entry::region).toList(), Math.max(0, size - start));
    }

    /** Opens a file and checks it; an IOException names file, tensor or field, and offset of what is wrong. */
    public static GgufFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new GgufFile(file, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /**
     * The metadata. Values are String, Long (every integer), Double (every floating-point number), Boolean, String[],
     * int[] (arrays of booleans and of integers of up to 32 bits; empty for longer ones, which Llama has not) or float[].
     */
    public Map<String, Object> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Names of the tensors, as in the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** The tensor of that name; throws {@link NoSuchElementException} where there is none. */
    public EncodedTensor tensor(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new NoSuchElementException(file + " has no tensor " + name + ".");
        }
        long offset = start + entry.region.begin();
        long bytes = entry.region.length();
        if (bytes > Integer.MAX_VALUE) {
            throw new IOException(file + ": tensor " + name + " at offset " + offset + " has " + bytes
                    + " bytes; at most 2 GiB can be mapped.");
        }
        ByteBuffer data = channel.map(MapMode.READ_ONLY, offset, bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new EncodedTensor(file, name, entry.format, entry.shape.clone(), offset, data);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Map<String, Object> metadata(GgufCursor cursor, int pairs) throws IOException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = 0; i < pairs; i++) {
            int at = cursor.offset();
            String key = cursor.readString("a metadata key");
            if (metadata.put(key, cursor.readValue(key)) != null) {
                throw new IOException(file + ": has a second " + key + " at offset " + at + ".");
            }
        }
        return metadata;
    }

    private long alignment() throws IOException {
        Object alignment = metadata.getOrDefault("general.alignment", DEFAULT_ALIGNMENT);
        if (!(alignment instanceof Long value) || value < 8 || value > 1 << 20 || Long.bitCount(value) != 1) {
            throw new IOException(file + ": general.alignment is " + alignment + " instead of a power of two from 8 to 1 MiB.");
        }
        return value;
    }

    private Map<String, Entry> entries(GgufCursor cursor, int tensors, long alignment) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (int i = 0; i < tensors; i++) {
            int at = cursor.offset();
            String name = cursor.readString("a tensor's name");
            if (entries.put(name, entry(cursor, name, alignment)) != null) {
                throw new IOException(file + ": has a second tensor " + name + " at offset " + at + ".");
            }
        }
        return entries;
    }

    private Entry entry(GgufCursor cursor, String name, long alignment) throws IOException {
        String tensor = "tensor " + name + " at offset " + cursor.offset();
        int rank = cursor.readInt("the rank of " + tensor);
        if (rank < 1 || rank > 4) {
            throw new IOException(file + ": " + tensor + " has " + rank + " dimensions instead of 1 to 4.");
        }
        long[] shape = new long[rank];
        for (int i = rank - 1; i >= 0; i--) {
            shape[i] = cursor.readLong("a dimension of " + tensor);
        }
        int type = cursor.readInt("the type of " + tensor);
        BlockFormat format = BlockFormat.ofNumber(type).orElseThrow(() -> new IOException(file + ": " + tensor
                + " has the type number " + type + "; " + BlockFormat.all() + " can be read."));
        long begin = cursor.readLong("the place of " + tensor);
        if (begin < 0 || begin % alignment != 0) {
            throw new IOException(file + ": " + tensor + " is said to begin at " + Long.toUnsignedString(begin)
                    + ", which is no multiple of the alignment " + alignment + ".");
        }
        long elements = Region.elements(file, tensor, shape);
        if (shape[rank - 1] % format.elements() != 0) {
            throw new IOException(file + ": " + tensor + " has rows of " + shape[rank - 1]
                    + " elements, which are no whole blocks of " + format + ".");
        }
        try {
            long end = Math.addExact(begin, Math.multiplyExact(elements / format.elements(), format.bytes()));
            return new Entry(format, shape, new Region("tensor " + name, begin, end));
        } catch (ArithmeticException e) {
            throw new IOException(file + ": " + tensor + " is larger than can be counted.", e);
        }
    }
}
