package org.altiplano.engine.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a JSON file and the way to it, for messages: every method but {@link #at} throws IllegalArgumentException
 * that names the part when it is not of the kind asked for.
 */
record JsonPart(String path, JsonNode node) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Parses a file by the rule given; whatever is wrong with it becomes an IOException that names file and field. */
    static <T> T parse(Path file, Function<JsonPart, T> rule) throws IOException {
        try {
            return rule.apply(new JsonPart("", JSON.readTree(file.toFile())));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    JsonPart at(String field) {
        return new JsonPart(path.isEmpty() ? field : path + "." + field, node.path(field));
    }

    /** Whether the part is there and not null. */
    boolean isPresent() {
        return !node.isMissingNode() && !node.isNull();
    }

    Optional<JsonPart> ifPresent() {
        return isPresent() ? Optional.of(this) : Optional.empty();
    }

    String text() {
        require(node.isTextual(), "a text");
        return node.textValue();
    }

    int integer() {
        require(node.canConvertToInt() && node.isIntegralNumber(), "a whole number");
        return node.intValue();
    }

    float number() {
        require(node.isNumber(), "a number");
        return node.floatValue();
    }

    boolean flag(boolean otherwise) {
        require(!isPresent() || node.isBoolean(), "true or false");
        return isPresent() ? node.booleanValue() : otherwise;
    }

    List<JsonPart> items() {
        require(node.isArray(), "a list");
        List<JsonPart> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new JsonPart(path + "[" + i + "]", node.get(i)));
        }
        return items;
    }

    IllegalArgumentException unsupported(String what) {
        return new IllegalArgumentException(path + ": " + what + " is not supported");
    }

    void require(boolean holds, String kind) {
        if (!holds) {
            throw new IllegalArgumentException(path + (isPresent() ? " is not " + kind : " is missing"));
        }
    }
}
