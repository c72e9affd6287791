package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The metadata of a GGUF file, read by key. An IOException names file and key of what is missing or of the wrong kind.
 *
 * @param file where they stand
 * @param values as {@link org.altiplano.engine.model.weights.GgufFile#metadata()} gives them
 */
record GgufMetadata(Path file, Map<String, Object> values) {

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Empty where it is missing or an empty text. */
    Optional<String> text(String key) throws IOException {
        Object value = values.getOrDefault(key, "");
        if (!(value instanceof String text)) {
            throw new IOException(file + ": " + key + " is no text.");
        }
        return Optional.of(text).filter(found -> !found.isEmpty());
    }

    int whole(String key, int least) throws IOException {
        Object value = values.get(key);
        if (value == null) {
            throw missing(key);
        }
        if (!(value instanceof Long number) || number < least || number > Integer.MAX_VALUE) {
            throw new IOException(file + ": " + key + " is " + shown(value) + " instead of a whole number of at least "
                    + least + ".");
        }
        return number.intValue();
    }

    /** A finite number above 0. */
    Optional<Double> positive(String key) throws IOException {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Double number) || !(number > 0) || number.isInfinite()) {
            throw new IOException(file + ": " + key + " is " + shown(value) + " instead of a number above 0.");
        }
        return Optional.of(asWritten(number.floatValue()));
    }

    /** 1e-5 is meant where the nearest float, 9.99999974e-6, stands in the file. */
    private static double asWritten(float number) {
        return Double.parseDouble(Float.toString(number));
    }

    /** Refuses a file in which the entry has another value than the one that is computed. */
    void require(String key, int allowed) throws IOException {
        Object value = values.getOrDefault(key, (long) allowed);
        if (!value.equals((long) allowed)) {
            throw new IOException(file + ": " + key + " is " + shown(value) + "; only " + allowed + " is supported.");
        }
    }

    private static String shown(Object value) {
        return value.getClass().isArray() ? "a list" : value.toString();
    }

    IOException missing(String key) {
        return new IOException(file + ": has no " + key + ".");
    }
}
