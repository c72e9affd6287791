package org.altiplano.platform.models.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.altiplano.contract.StoreJob;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.models.control.ModelStores;
import org.altiplano.platform.models.control.ModelStores.WorkerJob;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/model-jobs}: models on their way into the workers' stores. */
@Path("model-jobs")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ModelJobResource {

    @Inject
    private ModelStores stores;

    @GET
    @Performs(Operation.LIST_MODEL_JOBS)
    public JsonObject list() {
        return Json.object().add("data", Json.array(stores.jobs(), ModelJobResource::describe)).build();
    }

    @POST
    @Path("{id}/cancel")
    @Performs(Operation.CANCEL_MODEL_JOB)
    public Response cancel(@PathParam("id") String id) {
        if (!stores.cancel(id)) {
            throw new ProblemException(Problem.of(404, "There is no such job."));
        }
        return Response.accepted().build();
    }

    static JsonObject describe(WorkerJob owned) {
        StoreJob job = owned.job();
        return Json.object().add("id", job.id()).add("model", job.model()).add("worker", owned.worker())
                .add("state", job.state().name().toLowerCase(Locale.ROOT)).add("phase", job.phase()).add("doneBytes", job.done())
                .add("totalBytes", job.total()).add("detail", job.detail()).add("startedAt", job.startedAt().toString()).build();
    }
}
