package org.altiplano.platform.http.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParserFactory;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

/** The platform's JSON factories, looked up once: {@code Json.create...} searches for its provider on every call. */
public final class Json {

    private static final JsonProvider PROVIDER = JsonProvider.provider();
    private static final JsonBuilderFactory BUILDERS = PROVIDER.createBuilderFactory(Map.of());

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
