package org.altiplano.platform.tenants.entity;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in the list of all keys, the newest of which comes first: after this one. */
public record KeyPosition(Instant createdAt, String id) {

    /** Within the years that databases know. */
    private static final Pattern TEXT = Pattern.compile("([0-9]{4}-[-0-9:.T]{1,25}Z) (.*)");

    public static KeyPosition of(KeyRecord key) {
        return new KeyPosition(key.createdAt(), key.id());
    }

    /** What {@link #text()} once was; empty if it never was that. */
    public static Optional<KeyPosition> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        try {
            return matcher.matches() ? Optional.of(new KeyPosition(Instant.parse(matcher.group(1)), matcher.group(2))) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    public String text() {
        return createdAt + " " + id;
    }
}
