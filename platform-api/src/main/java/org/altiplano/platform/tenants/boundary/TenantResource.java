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
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Version;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.Organizations;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount.Status;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.TenantId;

/** {@code /admin/v1/tenants}. */
@Path("tenants")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class TenantResource {

    private static final int LONGEST_NAME = 200;
    private static final int MOST_MODELS = 1_000;
    private static final Duration GRACE = Duration.ofDays(30);

    @Inject
    private Tenants tenants;
    @Inject
    private Organizations organizations;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_TENANTS)
    public JsonObject list(@QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        return page.tell(tenants.page(page.after(), page.reads()), TenantAccount::id, TenantResource::describe);
    }

    @GET
    @Path("{id}")
    @Performs(Operation.SEE_TENANT)
    public Response find(@PathParam("id") String id) {
        return answer(Response.Status.OK, known(id)).build();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CREATE_TENANT)
    public Response create(InputStream body) {
        Fields fields = RequestBody.read(body);
        String id = fields.text("id");
        if (!TenantId.isValid(id)) {
            throw Fields.problem("id", "'id' must be " + TenantId.FORM + ".");
        }
        TenantAccount wanted = new TenantAccount(id, fields.optionalText("name", LONGEST_NAME).orElse(id), Status.ACTIVE,
                weight(fields), models(fields), Optional.empty(), clock.instant(), 1);
        tenants.mustBeNew(id, wanted.createdAt());
        // The organization first: what is written down here is whole, and what is only there the next try finds.
        Optional<String> organization = organizations.provide(id);
        TenantAccount tenant = tenants.create(wanted);
        organization.ifPresent(there -> tenants.bind(id, there));
        return answer(Response.Status.CREATED, tenant).location(URI.create("/admin/v1/tenants/" + id)).build();
    }

    /** Puts all that can be changed in the place of what was. An active status also takes a deletion back, within its grace. */
    @PUT
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CHANGE_TENANT)
    public Response change(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, InputStream body) {
        TenantAccount known = known(id);
        Fields fields = RequestBody.read(body);
        String status = fields.text("status");
        if (!Set.of("active", "suspended").contains(status)) {
            throw Fields.problem("status", "'status' must be active or suspended.");
        }
        return replace(new TenantAccount(id, fields.text("name", LONGEST_NAME), Status.of(status), weight(fields), models(fields),
                Optional.empty(), known.createdAt(), Version.of(ifMatch)));
    }

    /**
     * From now on its callers are refused; until the grace is over it can be taken back. What it has used stays in the ledger, under an id that
     * no other tenant gets.
     */
    @DELETE
    @Path("{id}")
    @Performs(Operation.DELETE_TENANT)
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        TenantAccount known = known(id);
        if (id.equals(((Caller) request.getUserPrincipal()).tenant())) {
            throw new ProblemException(new Problem(409, "invalid_request_error", "Nobody deletes the tenant that one's own user belongs to.",
                    Optional.empty(), Optional.of("own_tenant"), Optional.empty()));
        }
        return replace(new TenantAccount(id, known.name(), Status.DELETED, known.weight(), known.models(),
                Optional.of(known.deleteAfter().orElse(clock.instant().plus(GRACE))), known.createdAt(), Version.of(ifMatch)));
    }

    private Response replace(TenantAccount changed) {
        if (!tenants.replace(changed)) {
            throw Version.stale();
        }
        return answer(Response.Status.OK, known(changed.id())).build();
    }

    private TenantAccount known(String id) {
        return tenants.find(id).filter(tenant -> !tenant.isGone(clock.instant())).orElseThrow(() -> new ProblemException(Problem.of(404, "There is no tenant with this id.")));
    }

    private static double weight(Fields fields) {
        return fields.number("weight", new Range(0.01, 100, "between 0.01 and 100")).orElse(1.0);
    }

    private static Optional<Set<String>> models(Fields fields) {
        if (!fields.has("models")) {
            return Optional.empty();
        }
        List<JsonValue> values = fields.array("models");
        if (values.size() > MOST_MODELS) {
            throw Fields.problem("models", "'models' may name at most " + MOST_MODELS + " models.");
        }
        Set<String> models = new HashSet<>();
        for (JsonValue value : values) {
            String model = Fields.text("models", value);
            if (!model.matches("\\P{Cntrl}{1," + LONGEST_NAME + "}")) {
                throw Fields.problem("models", "'models' must name models, each with 1 to " + LONGEST_NAME + " characters that can be printed.");
            }
            models.add(model);
        }
        return Optional.of(models);
    }

    private static Response.ResponseBuilder answer(Response.Status status, TenantAccount tenant) {
        return Response.status(status).entity(describe(tenant)).header(HttpHeaders.ETAG, Version.tag(tenant.version()));
    }

    private static JsonObject describe(TenantAccount tenant) {
        JsonObjectBuilder json = Json.object().add("id", tenant.id()).add("name", tenant.name()).add("status", tenant.status().word())
                .add("weight", tenant.weight()).add("createdAt", tenant.createdAt().toString()).add("version", tenant.version());
        tenant.models().ifPresentOrElse(models -> {
            JsonArrayBuilder array = Json.array();
            new TreeSet<>(models).forEach(array::add);
            json.add("models", array);
        }, () -> json.addNull("models"));
        tenant.deleteAfter().ifPresentOrElse(time -> json.add("deleteAfter", time.toString()), () -> json.addNull("deleteAfter"));
        return json.build();
    }
}
