package org.altiplano.platform.tenants.boundary;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
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
import org.altiplano.platform.tenants.entity.Tenant;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/api-keys}. */
@Path("api-keys")
@RequestScoped
@RolesAllowed(Caller.PLATFORM_ADMIN)
@Produces(MediaType.APPLICATION_JSON)
public class ApiKeyResource {

    private static final int LONGEST_NAME = 200;

    @Inject
    private ApiKeys keys;

    @GET
    public JsonObject list() {
        return Json.object().add("data", Json.array(keys.list(), key -> describe(key).build())).build();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(InputStream body) {
        Fields fields = RequestBody.read(body);
        String name = fields.optionalText("name", LONGEST_NAME).orElse("");
        String tenant = fields.optionalText("tenant").orElse(Tenant.DEFAULT);
        if (!tenant.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw Fields.problem("tenant", "'tenant' must be 1 to 64 lower-case letters, digits and hyphens.");
        }
        ApiKeys.Created created = keys.create(tenant, name);
        return Response.status(Response.Status.CREATED).header("Cache-Control", "no-store")
                .entity(describe(created.kept()).add("key", created.key().text()).build()).build();
    }

    @DELETE
    @Path("{id}")
    public void revoke(@PathParam("id") String id) {
        if (!keys.revoke(id)) {
            throw new ProblemException(Problem.of(404, "There is no API key with this id."));
        }
    }

    private static JsonObjectBuilder describe(KeyRecord key) {
        JsonObjectBuilder json = Json.object().add("id", key.id()).add("name", key.name()).add("tenant", key.tenant())
                .add("last4", key.last4()).add("createdAt", key.createdAt().toString());
        key.revokedAt().ifPresentOrElse(time -> json.add("revokedAt", time.toString()), () -> json.addNull("revokedAt"));
        return json;
    }
}
