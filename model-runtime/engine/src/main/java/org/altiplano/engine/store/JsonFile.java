package org.altiplano.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object of a file. What is missing (or null) is told from what is of the wrong kind: an IOException names file and
 * field.
 *
 * @param file where it stands
 * @param node the object
 */
record JsonFile(Path file, JsonNode node) {

    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final long LARGEST = 64 << 20;

    static JsonFile read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST) {
            throw new IOException(file + ": has " + size + " bytes; at most " + LARGEST + " are read.");
        }
        JsonNode node;
        try {
            // As text: from bytes Jackson would guess the encoding, which is UTF-8.
            node = JSON.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": is no valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!node.isObject()) {
            throw new IOException(file + ": is no JSON object.");
        }
        return new JsonFile(file, node);
    }

    /** Writes an object, forced to the disk. */
    static void write(Path file, ObjectNode object) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(object));
        ModelImport.force(file);
    }

    /** The file as an object, or an empty object where there is no such file. */
    static JsonFile readIfPresent(Path file) throws IOException {
        return Files.exists(file) ? read(file) : new JsonFile(file, JSON.createObjectNode());
    }

    Optional<JsonNode> value(String field) {
        return Optional.of(node.path(field)).filter(value -> !value.isMissingNode() && !value.isNull());
    }

    Optional<JsonFile> object(String field) throws IOException {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isObject()) {
            throw wrong(field, "an object");
        }
        return value.map(object -> new JsonFile(file, object));
    }

    Optional<String> text(String field) throws IOException {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isTextual()) {
            throw wrong(field, "a text");
        }
        return value.map(JsonNode::textValue);
    }

    boolean flag(String field) throws IOException {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw wrong(field, "true or false");
        }
        return value.isPresent() && value.get().booleanValue();
    }

    /** A whole number above 0. */
    Optional<Integer> size(String field) throws IOException {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !(value.get().isIntegralNumber() && value.get().canConvertToInt() && value.get().intValue() > 0)) {
            throw wrong(field, "a whole number above 0");
        }
        return value.map(JsonNode::intValue);
    }

    int requiredSize(String field) throws IOException {
        return size(field).orElseThrow(() -> missing(field));
    }

    /** A finite number above 0. */
    Optional<Double> positive(String field) throws IOException {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !(value.get().isNumber() && value.get().doubleValue() > 0
                && Double.isFinite(value.get().doubleValue()))) {
            throw wrong(field, "a number above 0");
        }
        return value.map(JsonNode::doubleValue);
    }

    /** One token id or a list of them; empty where the field is missing. */
    List<Integer> ids(String field) throws IOException {
        List<Integer> ids = new ArrayList<>();
        Optional<JsonNode> value = value(field);
        if (value.isPresent()) {
            Iterable<JsonNode> nodes = value.get().isArray() ? value.get() : List.of(value.get());
            for (JsonNode id : nodes) {
                if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
                    throw wrong(field, "a token id or a list of them");
                }
                ids.add(id.intValue());
            }
        }
        return ids;
    }

    IOException missing(String field) {
        return new IOException(file + ": has no " + field + ".");
    }

    IOException wrong(String field, String kind) {
        String shown = node.path(field).toString();
        return new IOException(file + ": " + field + " is " + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown)
                + " instead of " + kind + ".");
    }
}
