package org.altiplano.platform.usage.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;
import java.util.OptionalLong;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** A usage policy as JSON. */
final class PolicyForm {

    /** More requests or tokens than anybody needs, and few enough for exact sums. */
    private static final long MOST = 1_000_000_000_000L;

    private PolicyForm() {
    }

    static UsageLimits limits(Fields fields) {
        return new UsageLimits(number(fields, "requestsPerMinute", 1), number(fields, "tokensPerMinute", 1), number(fields, "concurrentGenerations", 1),
                number(fields, "maxContext", 1), number(fields, "tokensPerDay", 0), number(fields, "tokensPerMonth", 0),
                Money.read(fields, "moneyPerDay"), Money.read(fields, "moneyPerMonth"));
    }

    private static OptionalLong number(Fields fields, String name, long least) {
        return fields.longInteger(name).map(value -> {
            if (value < least || value > MOST) {
                throw Fields.problem(fields.path(name), "'" + fields.path(name) + "' must be between " + least + " and " + MOST + ".");
            }
            return OptionalLong.of(value);
        }).orElse(OptionalLong.empty());
    }

    static JsonObject of(UsagePolicy policy) {
        UsageLimits limits = policy.limits();
        JsonObjectBuilder json = Json.object().add("id", policy.id()).add("tenant", policy.tenant())
                .add("scope", policy.scope().name().toLowerCase(Locale.ROOT)).add("subject", policy.subject()).add("version", policy.version());
        tell(json, "requestsPerMinute", limits.requestsPerMinute());
        tell(json, "tokensPerMinute", limits.tokensPerMinute());
        tell(json, "concurrentGenerations", limits.concurrentGenerations());
        tell(json, "maxContext", limits.maxContext());
        tell(json, "tokensPerDay", limits.tokensPerDay());
        tell(json, "tokensPerMonth", limits.tokensPerMonth());
        limits.moneyPerDay().ifPresentOrElse(value -> json.add("moneyPerDay", Money.of(value)), () -> json.addNull("moneyPerDay"));
        limits.moneyPerMonth().ifPresentOrElse(value -> json.add("moneyPerMonth", Money.of(value)), () -> json.addNull("moneyPerMonth"));
        return json.build();
    }

    private static void tell(JsonObjectBuilder json, String name, OptionalLong value) {
        value.ifPresentOrElse(known -> json.add(name, known), () -> json.addNull(name));
    }
}
