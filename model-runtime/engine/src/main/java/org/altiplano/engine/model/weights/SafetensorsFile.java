package org.altiplano.engine.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Owns the open channel of one safetensors file; any thread may read. The header is checked whole when the file is
 * opened (github.com/huggingface/safetensors, "Format"): 8 bytes header length, the header as JSON, then the tensors
 * without gaps.
 */
public final class SafetensorsFile implements Weights {

    /** Llama 2 70B has 723 tensors and a header below 100 kB. A hostile one may take twenty times its length. */
    private static final long LONGEST_HEADER = 4 << 20;

    private final Path file;
    private final FileChannel channel;
    private final long start;
    private final Map<String, SafetensorsHeader.Entry> entries;

    private SafetensorsFile(Path file, FileChannel channel, long start, Map<String, SafetensorsHeader.Entry> entries) {
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
                throw new IOException(file + ": the header's length " + length + " at offset 0 is above the limit of " + LONGEST_HEADER
                        + " bytes.");
            }
            byte[] header = read(channel, file, 8, (int) length).array();
            return new SafetensorsFile(file, channel, 8 + length, SafetensorsHeader.parse(file, header, size - 8 - length));
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
     * @throws UncheckedIOException where its type is none of F32, F16 and BF16
     */
    @Override
    public StoredTensor tensor(String name) {
        try {
            SafetensorsHeader.Entry entry = number(name);
            return new StoredTensor(name, StoredTensor.Type.valueOf(entry.type()), entry.shape().clone(), contents(name, entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The bytes of a tensor of type U8.
     *
     * @throws UncheckedIOException where it has another type
     */
    public StoredBytes bytes(String name) {
        try {
            SafetensorsHeader.Entry entry = entry(name);
            if (!entry.type().equals("U8")) {
                throw new IOException(place(name, entry) + " has the type " + entry.type() + " instead of U8.");
            }
            return contents(name, entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The tensor of that name, mapped and readable by rows; throws {@link NoSuchElementException} where there is none.
     *
     * @throws IOException where its type is none of F32, F16 and BF16, or the file cannot be mapped
     */
    public EncodedTensor encoded(String name) throws IOException {
        SafetensorsHeader.Entry entry = number(name);
        return new EncodedTensor(file, name, BlockFormat.valueOf(entry.type()), entry.shape().clone(), offset(entry),
                map(name, entry));
    }

    private SafetensorsHeader.Entry number(String name) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        if (!List.of("F32", "F16", "BF16").contains(entry.type())) {
            throw new IOException(place(name, entry) + " has the type " + entry.type() + "; F32, F16 and BF16 can be read.");
        }
        return entry;
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = entries.get(name);
        if (entry == null) {
            throw new NoSuchElementException(file + " has no tensor " + name + ".");
        }
        return entry;
    }

    private ByteBuffer map(String name, SafetensorsHeader.Entry entry) throws IOException {
        checkLength(name, entry);
        return channel.map(MapMode.READ_ONLY, offset(entry), entry.region().length()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private StoredBytes contents(String name, SafetensorsHeader.Entry entry) throws IOException {
        checkLength(name, entry);
        return new StoredBytes() {
            @Override
            public long count() {
                return entry.region().length();
            }

            @Override
            public void read(long from, ByteBuffer to) {
                if (from + to.remaining() > count()) {
                    throw new IndexOutOfBoundsException(place(name, entry) + " has no " + to.remaining() + " bytes from " + from + " on.");
                }
                try {
                    fill(channel, file, to, offset(entry) + from, "its tensor " + name);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private void checkLength(String name, SafetensorsHeader.Entry entry) throws IOException {
        long bytes = entry.region().length();
        if (bytes > Integer.MAX_VALUE) {
            throw new IOException(place(name, entry) + " has " + bytes + " bytes; at most 2 GiB can be read.");
        }
    }

    private long offset(SafetensorsHeader.Entry entry) {
        return start + entry.region().begin();
    }

    private String place(String name, SafetensorsHeader.Entry entry) {
        return file + ": tensor " + name + " at offset " + offset(entry);
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
        fill(channel, file, bytes, at, "its header");
        return bytes.flip();
    }

    private static void fill(FileChannel channel, Path file, ByteBuffer to, long from, String within) throws IOException {
        for (long at = from; to.hasRemaining();) {
            int count = channel.read(to, at);
            if (count < 0) {
                throw new EOFException(file + " ends at offset " + at + ", within " + within + ".");
            }
            at += count;
        }
    }
}
