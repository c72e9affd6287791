package org.altiplano.platform.usage.entity;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** How long a budget lasts, in UTC. */
public enum Period {
    DAY, MONTH;

    public LocalDate firstDay(Instant time) {
        LocalDate day = time.atOffset(ZoneOffset.UTC).toLocalDate();
        return this == DAY ? day : day.withDayOfMonth(1);
    }

    public Instant start(Instant time) {
        return firstDay(time).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** When a new budget begins. */
    public Instant end(Instant time) {
        LocalDate day = firstDay(time);
        return (this == DAY ? day.plusDays(1) : day.plusMonths(1)).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** As in the database and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of a {@link #word()}. */
    public static Period of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
