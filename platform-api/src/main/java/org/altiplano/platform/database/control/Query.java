package org.altiplano.platform.database.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Owns a query that grows by the conditions that are asked for, together with their values; one thread. */
public final class Query {

    private final StringBuilder sql;
    private final List<Object> values;

    public Query(String sql, Object... values) {
        this.sql = new StringBuilder(sql);
        this.values = new ArrayList<>(Arrays.asList(values));
    }

    public Query also(String more, Object... its) {
        sql.append(' ').append(more);
        values.addAll(Arrays.asList(its));
        return this;
    }

    /** As far as there is a value. */
    public Query where(String condition, Optional<?> value) {
        value.ifPresent(known -> also("and " + condition, known));
        return this;
    }

    /** As far as there is a text: that one of the columns contains it, in whatever case. */
    public Query containing(Optional<String> part, String... columns) {
        part.ifPresent(known -> {
            String pattern = part(known);
            also("and (" + String.join(" or ", Arrays.stream(columns).map(column -> "lower(" + column + ") like ? escape '!'").toList()) + ")",
                    Arrays.stream(columns).map(column -> pattern).toArray());
        });
        return this;
    }

    /** What a text in lower case is like that contains a part, where {@code !} escapes. */
    public static String part(String part) {
        return "%" + part.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + "%";
    }

    public String sql() {
        return sql.toString();
    }

    public Object[] values() {
        return values.toArray();
    }
}
