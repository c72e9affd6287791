package org.altiplano.platform.secrets.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.secrets.control.SecretStates;
import org.altiplano.platform.secrets.control.SecretsInUse;
import org.altiplano.platform.secrets.entity.SecretState;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/secrets}: which secrets this gateway uses since when, and what still rests on an older pepper. Never a secret. */
@Path("secrets")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SecretResource {

    @Inject
    private SecretStates states;
    @Inject
    private SecretsInUse uses;

    @GET
    @Performs(Operation.SEE_SECRETS)
    public JsonObject list() {
        Map<Integer, Long> keys = uses.keysByPepper();
        Map<Integer, Long> factors = uses.secondFactorsByPepper();
        Set<Integer> versions = new TreeSet<>(keys.keySet());
        versions.addAll(factors.keySet());
        return Json.object().add("data", Json.array(states.all(), SecretResource::describe))
                .add("peppers", Json.array(versions, version -> Json.object().add("version", version).add("retired", states.isRetired(version))
                        .add("apiKeys", keys.getOrDefault(version, 0L)).add("secondFactors", factors.getOrDefault(version, 0L)).build())).build();
    }

    private static JsonObject describe(SecretState state) {
        return Json.object().add("name", state.secret().word()).add("use", state.secret().use()).add("fingerprint", state.fingerprint())
                .add("version", state.version() == 0 ? JsonValue.NULL : Json.number(BigDecimal.valueOf(state.version())))
                .add("known", state.known()).add("since", state.since().<JsonValue>map(at -> Json.string(at.toString())).orElse(JsonValue.NULL))
                .add("place", state.inEnvironment() ? "environment" : "file").add("state", state.standing().word()).build();
    }
}
