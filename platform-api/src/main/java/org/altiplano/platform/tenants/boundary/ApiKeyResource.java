package org.altiplano.platform.tenants.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/api-keys}. */
@Path("api-keys")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ApiKeyResource {

    private static final int LONGEST_NAME = 200;

    @Inject
    private ApiKeys keys;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_KEYS)
    public JsonObject list() {
        return Json.object().add("data", Json.array(keys.list(caller()), key -> describe(key).build())).build();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CREATE_KEY)
    public Response create(InputStream body) {
        Fields fields = RequestBody.read(body);
        String name = fields.optionalText("name", LONGEST_NAME).orElse("");
        String tenant = fields.optionalText("tenant").orElse(caller().tenant());
        if (!tenant.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw Fields.problem("tenant", "'tenant' must be 1 to 64 lower-case letters, digits and hyphens.");
        }
        if (!caller().reaches(Operation.CREATE_KEY, tenant, caller().owner())) {
            throw new ProblemException(Problem.of(404, "There is no tenant with this id."));
        }
        ApiKeys.Created created = keys.create(tenant, name);
        return Response.status(Response.Status.CREATED).header("Cache-Control", "no-store")
                .entity(describe(created.kept()).add("key", created.key().text()).build()).build();
    }

    @DELETE
    @Path("{id}")
    @Performs(Operation.REVOKE_KEY)
    public void revoke(@PathParam("id") String id) {
        if (!keys.revoke(caller(), id)) {
            throw new ProblemException(Problem.of(404, "There is no API key with this id."));
        }
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }

    private static JsonObjectBuilder describe(KeyRecord key) {
        JsonObjectBuilder json = Json.object().add("id", key.id()).add("name", key.name()).add("tenant", key.tenant())
                .add("last4", key.last4()).add("createdAt", key.createdAt().toString());
        key.revokedAt().ifPresentOrElse(time -> json.add("revokedAt", time.toString()), () -> json.addNull("revokedAt"));
        return json;
    }
}
