package org.altiplano.engine.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the header of a safetensors file: a JSON object that says of each tensor type, shape and place. */
final class SafetensorsHeader {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, Integer> BYTES = Map.ofEntries(Map.entry("BOOL", 1), Map.entry("U8", 1),
            Map.entry("I8", 1), Map.entry("F8_E4M3", 1), Map.entry("F8_E5M2", 1), Map.entry("I16", 2), Map.entry("U16", 2),
            Map.entry("F16", 2), Map.entry("BF16", 2), Map.entry("I32", 4), Map.entry("U32", 4), Map.entry("F32", 4),
            Map.entry("I64", 8), Map.entry("U64", 8), Map.entry("F64", 8));

    private SafetensorsHeader() {
    }

    /** @param type in the format's words */
    record Entry(String type, long[] shape, Region region) {
    }

    /**
     * The tensors by name.
     *
     * @param length bytes that follow the header; the tensors must cover them exactly
     */
    static Map<String, Entry> parse(Path file, byte[] header, long length) throws IOException {
        Map<String, Entry> entries = entries(file, header);
        checkRegions(file, entries, length);
        return entries;
    }

    private static Map<String, Entry> entries(Path file, byte[] header) throws IOException {
        JsonNode tree;
        try {
            // As text: from bytes Jackson would guess the encoding, which is UTF-8.
            tree = JSON.readTree(new String(header, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": the header is no valid JSON at offset "
                    + (8 + Math.max(0, e.getLocation().getCharOffset())) + ": " + e.getOriginalMessage(), e);
        }
        if (!tree.isObject()) {
            throw new IOException(file + ": the header is no JSON object.");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
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
        long elements = Region.elements(file, "tensor " + name, shape);
        long length = offsets[1] - offsets[0];
        if (length < 0 || length % bytes != 0 || length / bytes != elements) {
            throw new IOException(file + ": tensor " + name + " at offset " + offsets[0] + " to " + offsets[1]
                    + " does not have the " + elements + " elements of type " + type + " that its shape says.");
        }
        return new Entry(type, shape, new Region("tensor " + name, offsets[0], offsets[1]));
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
        List<Region> regions = entries.values().stream().map(Entry::region).toList();
        long covered = 0;
        Region.check(file, regions, length);
        for (Region region : regions) {
            covered += region.length();
        }
        if (covered != length) {
            throw new IOException(file + ": the tensors cover " + covered + " of the " + length + " bytes after the header.");
        }
    }
}
