package org.altiplano.platform.http.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

/** The platform's JSON factories, looked up once: {@code Json.create...} searches for its provider on every call. */
public final class Json {

    private static final JsonProvider PROVIDER = JsonProvider.provider();
    private static final JsonBuilderFactory BUILDERS = PROVIDER.createBuilderFactory(Map.of());

    private static final JsonReaderFactory READERS = PROVIDER.createReaderFactory(Map.of());

    /** Makes parsers; safe for any thread. */
    static final JsonParserFactory PARSERS = PROVIDER.createParserFactory(Map.of());

    private Json() {
    }

    public static JsonObjectBuilder object() {
        return BUILDERS.createObjectBuilder();
    }

    /** With the members of another. */
    public static JsonObjectBuilder object(JsonObject members) {
        return BUILDERS.createObjectBuilder(members);
    }

    public static JsonString string(String text) {
        return PROVIDER.createValue(text);
    }

    public static JsonNumber number(BigDecimal number) {
        return PROVIDER.createValue(number);
    }

    /** A line that is an object or an array. @throws RuntimeException if it is none */
    public static JsonStructure parse(String line) {
        try (JsonReader reader = READERS.createReader(new StringReader(line))) {
            return reader.read();
        }
    }

    public static JsonArrayBuilder array() {
        return BUILDERS.createArrayBuilder();
    }

    /** The elements, each in the form given. */
    public static <T> JsonArrayBuilder array(Collection<T> elements, Function<T, JsonObject> form) {
        JsonArrayBuilder array = array();
        elements.forEach(element -> array.add(form.apply(element)));
        return array;
    }
}
