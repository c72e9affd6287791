package org.altiplano.platform.http.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * The members of a JSON object, read by type. A member that is {@code null} counts as absent. Every method throws a
 * {@link ProblemException} that names the member, with its path, if its value is of the wrong type or out of range.
 */
public final class Fields {

    private final JsonObject object;
    private final String path;

    /** @param path of the object in the request's body, empty or ending in a dot */
    Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    public Set<String> names() {
        return object.keySet();
    }

    /** The path of a member in the request's body. */
    public String path(String name) {
        return path + name;
    }

    public boolean has(String name) {
        JsonValue value = object.get(name);
        return value != null && value != JsonValue.NULL;
    }

    /** The raw value, if the member is there. */
    public Optional<JsonValue> value(String name) {
        return has(name) ? Optional.of(object.get(name)) : Optional.empty();
    }

    public String text(String name) {
        return optionalText(name).orElseThrow(() -> wrong(name, "'" + path(name) + "' is required."));
    }

    /** @param longest most characters */
    public String text(String name, int longest) {
        return bounded(path(name), text(name), longest);
    }

    /** @param longest most characters */
    public Optional<String> optionalText(String name, int longest) {
        return optionalText(name).map(text -> bounded(path(name), text, longest));
    }

    public Optional<String> optionalText(String name) {
        return value(name).map(value -> text(path(name), value));
    }

    public boolean flag(String name, boolean absent) {
        return value(name).map(value -> switch (value.getValueType()) {
            case TRUE -> true;
            case FALSE -> false;
            default -> throw wrong(name, "'" + path(name) + "' must be true or false, but is " + shown(value) + ".");
        }).orElse(absent);
    }

    public Optional<Double> number(String name, Range range) {
        return value(name).map(value -> number(path(name), value, range));
    }

    /** A whole number; {@code 5.0} is one. */
    public Optional<Integer> integer(String name, Range range) {
        return value(name).map(value -> integer(path(name), value, range));
    }

    /** A whole number of 64 bits. */
    public Optional<Long> longInteger(String name) {
        return value(name).map(value -> {
            try {
                if (value instanceof JsonNumber number) {
                    return number.longValueExact();
                }
            } catch (ArithmeticException e) {
                // Falls through to the one message.
            }
            throw wrong(name, "'" + path(name) + "' must be a whole number of at most 64 bits, but is " + shown(value) + ".");
        });
    }

    public Optional<Fields> object(String name) {
        return value(name).map(value -> object(path(name), value));
    }

    /** The elements of an array of objects; empty if the member is absent. */
    public List<Fields> objects(String name) {
        List<JsonValue> values = array(name);
        List<Fields> objects = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            objects.add(object(path(name) + "[" + i + "]", values.get(i)));
        }
        return objects;
    }

    /** The elements of an array; empty if the member is absent. */
    public List<JsonValue> array(String name) {
        return value(name).map(value -> {
            if (value instanceof JsonArray array) {
                return (List<JsonValue>) array;
            }
            throw wrong(name, "'" + path(name) + "' must be an array, but is " + shown(value) + ".");
        }).orElse(List.of());
    }

    public static String text(String path, JsonValue value) {
        if (!(value instanceof JsonString string)) {
            throw problem(path, "'" + path + "' must be a string, but is " + shown(value) + ".");
        }
        String text = string.getString();
        // JSON can spell half of a surrogate pair, which no UTF-8 text can hold.
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw problem(path, "'" + path + "' is not valid Unicode: it holds half of a surrogate pair.");
                }
                i++;
            }
        }
        return text;
    }

    public static int integer(String path, JsonValue value, Range range) {
        try {
            if (value instanceof JsonNumber number) {
                int whole = number.intValueExact();
                if (range.contains(whole)) {
                    return whole;
                }
            }
        } catch (ArithmeticException e) {
            // Falls through to the one message.
        }
        throw problem(path, "'" + path + "' must be a whole number " + range.words() + ", but is " + shown(value) + ".");
    }

    public static double number(String path, JsonValue value, Range range) {
        if (value instanceof JsonNumber number && range.contains(number.doubleValue())) {
            return number.doubleValue();
        }
        throw problem(path, "'" + path + "' must be a number " + range.words() + ", but is " + shown(value) + ".");
    }

    public static Fields object(String path, JsonValue value) {
        if (value instanceof JsonObject object) {
            return new Fields(object, path + ".");
        }
        throw problem(path, "'" + path + "' must be an object, but is " + shown(value) + ".");
    }

    public static ProblemException problem(String path, String message) {
        return new ProblemException(Problem.parameter(path, message));
    }

    /** What a value is, in a few words for an error message. */
    public static String shown(JsonValue value) {
        return switch (value.getValueType()) {
            case NULL -> "null";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case TRUE -> "true";
            case FALSE -> "false";
            case NUMBER -> {
                String digits = value.toString();
                yield digits.length() <= 40 ? digits : digits.substring(0, 40) + "...";
            }
        };
    }

    /** A text that is kept, or looked for among those that are. */
    static String bounded(String path, String text, int longest) {
        if (text.length() > longest) {
            throw problem(path, "'" + path + "' may have at most " + longest + " characters.");
        }
        // PostgreSQL keeps every character but this one; H2 keeps it too, but then no PostgreSQL takes its backup.
        if (text.indexOf('\0') >= 0) {
            throw problem(path, "'" + path + "' must not hold the character U+0000.");
        }
        return text;
    }

    private ProblemException wrong(String name, String message) {
        return problem(path(name), message);
    }
}
