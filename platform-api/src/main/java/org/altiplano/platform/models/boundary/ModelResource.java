package org.altiplano.platform.models.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.models.control.Models;
import org.altiplano.platform.models.entity.ModelView;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /v1/models}: the models that answer now and that the caller's tenant may use. */
@Path("models")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ModelResource {

    /** The API wants a time of creation; one that does not change is what clients can rely on. */
    private static final long CREATED = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

    @Inject
    private Models models;
    @Inject
    private Tenants tenants;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_MODELS)
    public JsonObject list() {
        return Json.object().add("object", "list").add("data", Json.array(visible(), ModelResource::describe)).build();
    }

    @GET
    @Path("{name: .+}")
    @Performs(Operation.LIST_MODELS)
    public JsonObject find(@PathParam("name") String name) {
        return visible().stream().filter(model -> model.name().equals(name)).findFirst().map(ModelResource::describe)
                .orElseThrow(() -> new ProblemException(Problem.modelNotFound(name)));
    }

    /** Those that both the caller's credentials and its tenant may use. */
    private List<ModelView> visible() {
        Caller caller = (Caller) request.getUserPrincipal();
        TenantAccount tenant = tenants.serving(caller.tenant());
        return models.serving().stream().filter(model -> caller.mayUse(model.name()) && tenant.mayUse(model.name())).toList();
    }

    private static JsonObject describe(ModelView model) {
        return Json.object().add("id", model.name()).add("object", "model").add("created", CREATED)
                .add("owned_by", "altiplano").add("max_model_len", model.best().map(ModelStatus::maxModelLen).orElse(0)).build();
    }
}
