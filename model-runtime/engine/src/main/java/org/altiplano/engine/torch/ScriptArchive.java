package org.altiplano.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive, the format that {@code torch.jit.save} writes: a zip without compression holding the source text of
 * one module type and its constants, no tensors. Stock PyTorch loads it too.
 *
 * @param methods source of the methods, in the dialect of saved TorchScript: ATen operators are {@code torch.x}, others
 *        {@code ops.namespace.x}, element types are numbers (float32 6, float64 7, bfloat16 15, int8 1, uint8 0, int64 4)
 * @param constants Integer, Double, Boolean or String by name; they become attributes of {@code self}
 */
record ScriptArchive(String methods, Map<String, Object> constants) {

    byte[] bytes() {
        StringBuilder code = new StringBuilder("""
                class Program(Module):
                  __parameters__ = []
                  __buffers__ = []
                  training : bool
                """);
        Pickle object = new Pickle().beginObject("__torch__", "Program").attribute("training", false);
        constants.forEach((name, value) -> {
            code.append("  ").append(name).append(" : ").append(type(value)).append('\n');
            object.attribute(name, value);
        });
        methods.lines().forEach(line -> code.append(line.isBlank() ? "" : "  ").append(line).append('\n'));

        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("program/data.pkl", object.endObject().stop());
        entries.put("program/byteorder", ascii("little"));
        entries.put("program/code/__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8));
        entries.put("program/constants.pkl", new Pickle().emptyTuple().stop());
        entries.put("program/version", ascii("3\n"));
        return zip(entries);
    }

    private static String type(Object value) {
        return value instanceof Integer ? "int" : value instanceof Double ? "float" : value instanceof Boolean ? "bool" : "str";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                byte[] content = each.getValue();
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out.toByteArray();
    }
}
