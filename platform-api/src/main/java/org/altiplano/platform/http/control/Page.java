package org.altiplano.platform.http.control;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list in the order of its ids: what comes after an id, and so neither doubled nor left out when the list
 * changes between two pages.
 *
 * @param after last id of the page before, empty at the beginning
 * @param size most entries
 */
public record Page(String after, int size) {

    private static final int USUAL = 50;
    private static final int MOST = 500;

    /** @param cursor as an earlier page gave it; null at the beginning. @param limit most entries; null for the usual number */
    public static Page of(String cursor, String limit) {
        int size = USUAL;
        if (limit != null) {
            if (!limit.matches("[0-9]{1,3}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST) {
                throw Fields.problem("limit", "'limit' must be a whole number between 1 and " + MOST + ".");
            }
            size = Integer.parseInt(limit);
        }
        return new Page(cursor == null ? "" : id(cursor), size);
    }

    private static String id(String cursor) {
        try {
            String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            // PostgreSQL has no such character.
            if (id.indexOf('\0') < 0) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the one message.
        }
        throw Fields.problem("cursor", "'cursor' must be one that an earlier page gave.");
    }

    /** How many to read: one more tells whether there is a next page. */
    public int reads() {
        return size + 1;
    }

    /** What a caller gives back to go on after an id. */
    public static String cursor(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    }

    /** @param read up to {@link #reads()} entries. @param id of an entry, by which they are ordered */
    public <T> JsonObject tell(List<T> read, Function<T, String> id, Function<T, JsonObject> form) {
        List<T> shown = read.subList(0, Math.min(size, read.size()));
        return tell(shown, read.size() > size ? Optional.of(id.apply(shown.get(shown.size() - 1))) : Optional.empty(), form);
    }

    /** @param next after which the next page begins; empty if there is none */
    public static <T> JsonObject tell(List<T> shown, Optional<String> next, Function<T, JsonObject> form) {
        JsonObjectBuilder json = Json.object().add("data", Json.array(shown, form));
        next.ifPresentOrElse(id -> json.add("nextCursor", cursor(id)), () -> json.addNull("nextCursor"));
        return json.build();
    }
}
