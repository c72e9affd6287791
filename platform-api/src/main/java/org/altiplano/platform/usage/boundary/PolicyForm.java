package org.altiplano.platform.usage.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** A usage policy as JSON. */
final class PolicyForm {

    /** More requests or tokens than anybody needs, and few enough for exact sums. */
    private static final long MOST = 1_000_000_000_000L;

    private PolicyForm() {
    }

    /**
     * The limits of a body; one that is left out is none.
     *
     * @param others what the body may hold besides: a limit that is misspelt must not go unnoticed
     */
    static UsageLimits limits(Fields fields, Set<String> others) {
        TreeSet<String> unknown = new TreeSet<>(fields.names());
        unknown.removeAll(others);
        UsageLimits limits = UsageLimits.NONE;
        for (Limit limit : Limit.values()) {
            OptionalLong value = limit.isMoney() ? Money.read(fields, limit.word()) : number(fields, limit);
            limits = value.isPresent() ? limits.with(limit, value.getAsLong()) : limits;
            unknown.remove(limit.word());
        }
        if (!unknown.isEmpty()) {
            String name = fields.path(unknown.first());
            throw Fields.problem(name, "'" + name + "' is not a limit.");
        }
        return limits;
    }

    /** A budget may be 0, which allows nothing; of the rest there is at least one. */
    private static OptionalLong number(Fields fields, Limit limit) {
        long least = limit == Limit.TOKENS_PER_DAY || limit == Limit.TOKENS_PER_MONTH ? 0 : 1;
        return fields.longInteger(limit.word()).map(value -> {
            if (value < least || value > MOST) {
                throw Fields.problem(fields.path(limit.word()), "'" + fields.path(limit.word()) + "' must be between " + least + " and " + MOST + ".");
            }
            return OptionalLong.of(value);
        }).orElse(OptionalLong.empty());
    }

    static JsonObject of(UsagePolicy policy) {
        JsonObjectBuilder json = Json.object().add("id", policy.id()).add("tenant", policy.tenant())
                .add("scope", policy.scope().name().toLowerCase(Locale.ROOT)).add("subject", policy.subject())
                .add("keeper", policy.keeper().word()).add("version", policy.version());
        for (Limit limit : Limit.values()) {
            OptionalLong value = policy.limits().of(limit);
            if (value.isEmpty()) {
                json.addNull(limit.word());
            } else if (limit.isMoney()) {
                json.add(limit.word(), Money.of(value.getAsLong()));
            } else {
                json.add(limit.word(), value.getAsLong());
            }
        }
        return json.build();
    }
}
