package org.altiplano.platform.http.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** What the query of an address looks for in a list, as far as it says so. Owns nothing; any thread. */
public final class Search {

    private static final int LONGEST = 200;

    /**
     * Whole days.
     *
     * @param from when the first of them begins
     * @param until when the last of them has ended
     */
    public record Days(Optional<Instant> from, Optional<Instant> until) {
    }

    private Search() {
    }

    /** Part of a name; empty looks for nothing. */
    public static Optional<String> part(String name, String text) {
        return Optional.ofNullable(text).filter(known -> !known.isEmpty()).map(known -> Fields.bounded(name, known, LONGEST));
    }

    /** @param from first day, in UTC. @param to last day */
    public static Days days(String from, String to) {
        Days days = new Days(day("from", from).map(Search::start), day("to", to).map(day -> start(day.plusDays(1))));
        if (days.from().isPresent() && days.until().isPresent() && !days.from().get().isBefore(days.until().get())) {
            throw Fields.problem("to", "'to' must not be before 'from'.");
        }
        return days;
    }

    /** One day; absent looks at none in particular. */
    public static Optional<LocalDate> day(String name, String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return Optional.of(LocalDate.parse(text));
            }
        } catch (DateTimeException e) {
            // Falls through to the one message.
        }
        throw Fields.problem(name, "'" + name + "' must be a day such as 2026-01-31.");
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
