package org.altiplano.engine.model.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the directory of a zip file whose entries are stored without compression, so that they can be mapped (PKWARE,
 * APPNOTE.TXT 6.3; sections in brackets). What the directory says is checked against the file before anything is allocated
 * for it: no entry leaves the file, overlaps another or is told of differently at its own place.
 */
final class ZipDirectory {

    /** A directory record takes about 100 bytes; the largest Llama 2 shard has 730 entries. */
    private static final long LONGEST = 16 << 20;

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int WIDE_LOCATOR = 0x07064b50;
    private static final int WIDE_LOCATOR_BYTES = 20;
    private static final int WIDE_END = 0x06064b50;
    private static final int WIDE_END_BYTES = 56;
    private static final int RECORD = 0x02014b50;
    private static final int RECORD_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int WIDE_EXTRA = 1;
    private static final long WIDE = 0xffffffffL;

    private final Path file;
    private final FileChannel channel;
    private final long size;

    private ZipDirectory(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /** Where the content of each entry lies, from the start of the file, in the order of the directory. */
    static Map<String, Region> read(Path file, FileChannel channel) throws IOException {
        return new ZipDirectory(file, channel, channel.size()).entries();
    }

    private record Extent(long begin, long bytes, long entries) {
    }

    private Map<String, Region> entries() throws IOException {
        Extent extent = extent();
        ByteBuffer directory = bytes(extent.begin, (int) extent.bytes, "the directory");
        Map<String, Region> entries = new LinkedHashMap<>();
        for (long i = 0; i < extent.entries; i++) {
            long at = extent.begin + directory.position();
            Region region = record(directory, at);
            if (entries.put(region.name().substring("entry ".length()), region) != null) {
                throw new IOException(file + ": the zip directory has a second " + region.name() + " at offset " + at + ".");
            }
        }
        Region.check(file, entries.values().stream().toList(), extent.begin);
        return entries;
    }

    /** Of the directory [4.3.16, and 4.3.14 where a number does not fit]. */
    private Extent extent() throws IOException {
        long at = end();
        ByteBuffer end = bytes(at, END_BYTES, "the end of the zip directory");
        Extent extent = new Extent(Integer.toUnsignedLong(end.getInt(16)), Integer.toUnsignedLong(end.getInt(12)),
                Short.toUnsignedLong(end.getShort(10)));
        long limit = at;
        if (at >= WIDE_LOCATOR_BYTES && bytes(at - WIDE_LOCATOR_BYTES, 4, "the locator").getInt() == WIDE_LOCATOR) {
            limit = bytes(at - WIDE_LOCATOR_BYTES, WIDE_LOCATOR_BYTES, "the locator").getLong(8);
            ByteBuffer wide = bytes(limit, WIDE_END_BYTES, "the wide end of the zip directory");
            if (wide.getInt(0) != WIDE_END) {
                throw new IOException(file + ": there is no wide end of the zip directory at offset " + limit + ".");
            }
            extent = new Extent(wide.getLong(48), wide.getLong(40), wide.getLong(32));
        }
        if (extent.begin < 0 || extent.bytes < 0 || extent.begin > limit || extent.bytes > limit - extent.begin) {
            throw new IOException(file + ": the zip directory at offset " + Long.toUnsignedString(extent.begin) + " with "
                    + Long.toUnsignedString(extent.bytes) + " bytes does not lie before its end at " + limit + ".");
        }
        if (extent.bytes > LONGEST || extent.entries < 0 || extent.entries > extent.bytes / RECORD_BYTES) {
            throw new IOException(file + ": the zip directory at offset " + extent.begin + " cannot have "
                    + Long.toUnsignedString(extent.entries) + " entries in " + extent.bytes + " bytes (at most " + LONGEST
                    + ").");
        }
        return extent;
    }

    /** Where the end record is: before a comment that reaches exactly to the end of the file. */
    private long end() throws IOException {
        int tail = (int) Math.min(size, END_BYTES + LONGEST_COMMENT);
        ByteBuffer bytes = bytes(size - tail, tail, "the end of the zip directory");
        for (int at = tail - END_BYTES; at >= 0; at--) {
            if (bytes.getInt(at) == END && Short.toUnsignedInt(bytes.getShort(at + 20)) == tail - END_BYTES - at) {
                return size - tail + at;
            }
        }
        throw new IOException(file + ": is a zip file without its directory, which stands at the end; it seems to be cut off at "
                + "offset " + size + ".");
    }

    /** One record of the directory [4.3.12]. */
    private Region record(ByteBuffer in, long at) throws IOException {
        int start = in.position();
        if (in.remaining() < RECORD_BYTES || in.getInt(start) != RECORD) {
            throw new IOException(file + ": there is no record of the zip directory at offset " + at + ".");
        }
        int flags = in.getShort(start + 8);
        int method = in.getShort(start + 10);
        int nameBytes = Short.toUnsignedInt(in.getShort(start + 28));
        int extraBytes = Short.toUnsignedInt(in.getShort(start + 30));
        int length = RECORD_BYTES + nameBytes + extraBytes + Short.toUnsignedInt(in.getShort(start + 32));
        if (length > in.remaining()) {
            throw new IOException(file + ": the record at offset " + at + " leaves the zip directory.");
        }
        String name = new String(in.array(), start + RECORD_BYTES, nameBytes, StandardCharsets.UTF_8);
        if (method != 0 || (flags & 1) != 0) {
            throw new IOException(file + ": entry " + name + " is compressed or encrypted (record at offset " + at
                    + "); PyTorch writes neither.");
        }
        // The wide forms come in this order, each only where the narrow field is full [4.5.3].
        ByteBuffer wide = wideExtra(in.slice(start + RECORD_BYTES + nameBytes, extraBytes).order(ByteOrder.LITTLE_ENDIAN));
        long uncompressed = wide(in.getInt(start + 24), wide, name, at);
        long compressed = wide(in.getInt(start + 20), wide, name, at);
        long local = wide(in.getInt(start + 42), wide, name, at);
        if (uncompressed != compressed) {
            throw new IOException(file + ": entry " + name + " is said to have " + Long.toUnsignedString(uncompressed)
                    + " bytes and " + Long.toUnsignedString(compressed) + " stored ones (record at offset " + at + ").");
        }
        in.position(start + length);
        return content(name, local, compressed);
    }

    private static ByteBuffer wideExtra(ByteBuffer extras) {
        while (extras.remaining() >= 4) {
            int kind = Short.toUnsignedInt(extras.getShort());
            int bytes = Math.min(Short.toUnsignedInt(extras.getShort()), extras.remaining());
            if (kind == WIDE_EXTRA) {
                return extras.slice(extras.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
            }
            extras.position(extras.position() + bytes);
        }
        return ByteBuffer.allocate(0);
    }

    private long wide(int narrow, ByteBuffer wide, String name, long at) throws IOException {
        if (Integer.toUnsignedLong(narrow) != WIDE) {
            return Integer.toUnsignedLong(narrow);
        }
        if (wide.remaining() < 8) {
            throw new IOException(file + ": entry " + name + " lacks its wide sizes (record at offset " + at + ").");
        }
        return wide.getLong();
    }

    /** The content follows the entry's own header [4.3.7], whose name and padding may have other lengths than the record's. */
    private Region content(String name, long local, long length) throws IOException {
        ByteBuffer header = bytes(local, LOCAL_BYTES, "the header of entry " + name);
        int nameBytes = Short.toUnsignedInt(header.getShort(26));
        if (header.getInt(0) != LOCAL) {
            throw new IOException(file + ": there is no header of entry " + name + " at offset " + local + ".");
        }
        byte[] known = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes != known.length
                || !Arrays.equals(bytes(local + LOCAL_BYTES, nameBytes, "the name of entry " + name).array(), known)) {
            throw new IOException(file + ": entry " + name + " has another name in its own header at offset " + local + ".");
        }
        long begin = local + LOCAL_BYTES + nameBytes + Short.toUnsignedInt(header.getShort(28));
        if (length < 0 || length > size - begin) {
            throw new IOException(file + ": entry " + name + " at offset " + begin + " is said to have "
                    + Long.toUnsignedString(length) + " bytes, beyond the file's " + size + ".");
        }
        return new Region("entry " + name, begin, begin + length);
    }

    private ByteBuffer bytes(long at, int count, String what) throws IOException {
        if (at < 0 || at > size - count) {
            throw new IOException(file + ": " + what + " at offset " + Long.toUnsignedString(at) + " lies beyond the file's "
                    + size + " bytes.");
        }
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException(file + " ends at offset " + (at + bytes.position()) + ", within " + what + ".");
            }
        }
        return bytes.flip();
    }
}
