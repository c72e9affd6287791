package org.altiplano.engine.model.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes zip files for tests, entries stored as they are, in the form PyTorch writes small or large ones. */
final class ZipBytes {

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final boolean wide;

    /** @param wide whether sizes and places are told in 64 bits, after the content and in the directory's extra fields */
    ZipBytes(boolean wide) {
        this.wide = wide;
    }

    ZipBytes entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        entries.forEach((name, content) -> {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            directory.writeBytes(record(ascii, content.length, out.size()));
            int padding = -(out.size() + 30 + ascii.length) & 15;
            ByteBuffer local = buffer(30).putInt(0x04034b50).putShort((short) 0).putShort((short) (wide ? 8 : 0));
            local.putInt(18, wide ? 0 : content.length).putInt(22, wide ? 0 : content.length);
            local.putShort(26, (short) ascii.length).putShort(28, (short) padding);
            out.writeBytes(local.array());
            out.writeBytes(ascii);
            out.writeBytes(new byte[padding]);
            out.writeBytes(content);
            if (wide) {
                out.writeBytes(buffer(24).putInt(0x08074b50).putInt(0).putLong(content.length).putLong(content.length).array());
            }
        });
        int begin = out.size();
        out.writeBytes(directory.toByteArray());
        int end = out.size();
        if (wide) {
            out.writeBytes(buffer(56).putInt(0x06064b50).putLong(44).putShort((short) 30).putShort((short) 30).putInt(0).putInt(0)
                    .putLong(entries.size()).putLong(entries.size()).putLong(directory.size()).putLong(begin).array());
            out.writeBytes(buffer(20).putInt(0x07064b50).putInt(0).putLong(end).putInt(1).array());
        }
        out.writeBytes(buffer(22).putInt(0x06054b50).putInt(0).putShort(narrow(entries.size())).putShort(narrow(entries.size()))
                .putInt(wide ? -1 : directory.size()).putInt(wide ? -1 : begin).putShort((short) 0).array());
        return out.toByteArray();
    }

    private byte[] record(byte[] name, int length, int local) {
        ByteBuffer record = buffer(46 + name.length + (wide ? 28 : 0)).putInt(0x02014b50);
        record.putInt(20, wide ? -1 : length).putInt(24, wide ? -1 : length).putShort(28, (short) name.length)
                .putShort(30, (short) (wide ? 28 : 0)).putInt(42, wide ? -1 : local);
        record.position(46).put(name);
        if (wide) {
            record.putShort((short) 1).putShort((short) 24).putLong(length).putLong(length).putLong(local);
        }
        return record.array();
    }

    private short narrow(int count) {
        return (short) (wide ? -1 : count);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
