package org.altiplano.platform.tenants.control;

import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.tenants.entity.KeyWish;
import org.altiplano.security.access.Scope;
import org.altiplano.security.apikey.AddressRange;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.TenantId;

/** Reads the requests of {@code /admin/v1/api-keys}. */
public final class KeyParser {

    private static final int LONGEST_NAME = 200;
    private static final int MOST = 64;
    private static final Duration LONGEST_LIFE = Duration.ofDays(366);
    private static final Duration USUAL_GRACE = Duration.ofDays(1);
    private static final Range GRACE_SECONDS = Range.of(0, 7 * 24 * 3_600);

    private KeyParser() {
    }

    /** @param tenant whose key it is unless the request says otherwise */
    public static KeyWish wish(Fields fields, String tenant, Instant now) {
        String named = fields.optionalText("tenant").orElse(tenant);
        if (!TenantId.isValid(named)) {
            throw Fields.problem("tenant", "'tenant' must be " + TenantId.FORM + ".");
        }
        Set<Scope> scopes = list(fields, "scopes", Scope::of,
                "one of " + Stream.of(Scope.values()).map(Scope::word).collect(Collectors.joining(", ")))
                .map(Set::copyOf).orElse(KeyLimits.NONE.scopes());
        // The database keeps them with commas between.
        Optional<Set<String>> models = list(fields, "models",
                name -> Optional.of(name).filter(text -> text.matches("[^,\\p{Cntrl}]{1,200}")), "the name of a model").map(Set::copyOf);
        List<AddressRange> addresses = list(fields, "addresses", AddressRange::parse,
                "an IP address or a range of them such as 10.0.0.0/8, with no bits set behind its prefix").orElse(List.of());
        return new KeyWish(named, fields.optionalText("name", LONGEST_NAME).orElse(""),
                new KeyLimits(scopes, models, addresses, fields.optionalText("expiresAt").map(text -> expiry(text, now))));
    }

    /** For how long a replaced key is still accepted. */
    public static Duration grace(Fields fields) {
        return fields.integer("graceSeconds", GRACE_SECONDS).map(Duration::ofSeconds).orElse(USUAL_GRACE);
    }

    private static Instant expiry(String text, Instant now) {
        Instant expiry;
        try {
            expiry = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw Fields.problem("expiresAt", "'expiresAt' must be a date and time with an offset, such as 2027-01-31T12:00:00Z.");
        }
        if (!expiry.isAfter(now) || expiry.isAfter(now.plus(LONGEST_LIFE))) {
            throw Fields.problem("expiresAt", "'expiresAt' must be in the future, and at most " + LONGEST_LIFE.toDays() + " days from now.");
        }
        return expiry;
    }

    /** An empty list is refused: it reads like no limit and like no right. */
    private static <T> Optional<List<T>> list(Fields fields, String name, Function<String, Optional<T>> parse, String form) {
        if (!fields.has(name)) {
            return Optional.empty();
        }
        List<JsonValue> values = fields.array(name);
        if (values.isEmpty() || values.size() > MOST) {
            throw Fields.problem(name, "'" + name + "' must have 1 to " + MOST + " elements; leave it out for no limit.");
        }
        return Optional.of(IntStream.range(0, values.size()).mapToObj(i -> {
            String path = name + "[" + i + "]";
            return parse.apply(Fields.text(path, values.get(i)))
                    .orElseThrow(() -> Fields.problem(path, "'" + path + "' must be " + form + "."));
        }).toList());
    }
}
