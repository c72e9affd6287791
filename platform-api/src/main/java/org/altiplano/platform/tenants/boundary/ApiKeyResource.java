package org.altiplano.platform.tenants.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.altiplano.platform.audit.control.Audited;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Search;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.control.AskedTenant;
import org.altiplano.platform.tenants.control.KeyParser;
import org.altiplano.platform.tenants.control.KnownKeys;
import org.altiplano.platform.tenants.entity.KeyPosition;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.platform.tenants.entity.KeySearch;
import org.altiplano.platform.tenants.entity.KeyWish;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Scope;
import org.altiplano.security.apikey.AddressRange;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/api-keys}. */
@Path("api-keys")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ApiKeyResource {

    @Inject
    private ApiKeys keys;
    @Inject
    private KnownKeys known;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_KEYS)
    public JsonObject list(@QueryParam("tenant") String tenant, @QueryParam("about") String about, @QueryParam("inUse") String inUse,
                           @QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        if (inUse != null && !inUse.equals("true") && !inUse.equals("false")) {
            throw Fields.problem("inUse", "'inUse' must be true or false.");
        }
        Caller caller = caller();
        // Whoever sees but own keys sees none of others', wherever the page begins.
        Optional<String> owner = Optional.of(caller.owner()).filter(own -> caller.reach(Operation.LIST_KEYS) == Reach.OWN);
        KeySearch search = new KeySearch(AskedTenant.of(caller, Operation.LIST_KEYS, Optional.ofNullable(tenant)), owner, Search.part("about", about),
                "true".equals(inUse), page.after().isEmpty() ? Optional.empty() : Optional.of(KeyPosition.parse(page.after()).orElseThrow(
                        () -> Fields.problem("cursor", "'cursor' must be one that an earlier page gave."))));
        return page.tell(keys.page(search, page.reads()), key -> KeyPosition.of(key).text(), key -> describe(key).build());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CREATE_KEY)
    public Response create(InputStream body) {
        Caller caller = caller();
        KeyWish wish = KeyParser.wish(RequestBody.read(body), caller.tenant(), clock.instant());
        if (!caller.reaches(Operation.CREATE_KEY, wish.tenant(), caller.owner())) {
            throw new ProblemException(Problem.of(404, "There is no tenant with this id."));
        }
        return shownOnce(keys.create(wish.tenant(), caller.owner(), wish.name(), wish.limits()));
    }

    @POST
    @Path("{id}/rotate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.ROTATE_KEY)
    public Response rotate(@PathParam("id") String id, InputStream body) {
        Duration grace = KeyParser.grace(RequestBody.read(body));
        ApiKeys.Created created = keys.rotate(caller(), id, grace).orElseThrow(ApiKeyResource::unknown);
        known.changed(id);
        return shownOnce(created);
    }

    @DELETE
    @Path("{id}")
    @Performs(Operation.REVOKE_KEY)
    public void revoke(@PathParam("id") String id) {
        KeyRecord revoked = keys.revoke(caller(), id).orElseThrow(ApiKeyResource::unknown);
        known.changed(id);
        Audited.in(request, revoked.tenant());
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }

    private static ProblemException unknown() {
        return new ProblemException(Problem.of(404, "There is no API key with this id."));
    }

    private static Response shownOnce(ApiKeys.Created created) {
        return Response.status(Response.Status.CREATED).header("Cache-Control", "no-store")
                .entity(describe(created.kept()).add("key", created.key().text()).build()).build();
    }

    private static JsonObjectBuilder describe(KeyRecord key) {
        KeyLimits limits = key.limits();
        return Json.object().add("id", key.id()).add("name", key.name()).add("tenant", key.tenant()).add("owner", key.owner())
                .add("last4", key.last4()).add("scopes", array(limits.scopes().stream().map(Scope::word).sorted()))
                .add("models", limits.models().<JsonValue>map(models -> array(models.stream().sorted())).orElse(JsonValue.NULL))
                .add("addresses", limits.addresses().isEmpty() ? JsonValue.NULL : array(limits.addresses().stream().map(AddressRange::text)))
                .add("createdAt", key.createdAt().toString()).add("expiresAt", time(limits.expiresAt()))
                .add("lastUsedAt", time(key.lastUsedAt())).add("revokedAt", time(key.revokedAt()))
                .add("replacedBy", key.replacedBy().<JsonValue>map(Json::string).orElse(JsonValue.NULL));
    }

    private static JsonValue array(Stream<String> words) {
        JsonArrayBuilder array = Json.array();
        words.forEach(array::add);
        return array.build();
    }

    private static JsonValue time(Optional<Instant> time) {
        return time.<JsonValue>map(known -> Json.string(known.toString())).orElse(JsonValue.NULL);
    }
}
