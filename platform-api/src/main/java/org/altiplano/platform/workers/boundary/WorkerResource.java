package org.altiplano.platform.workers.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Set;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.EngineStatus.PrefixCacheStatus;
import org.altiplano.grid.Grid;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.workers.control.Draining;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/workers}: the workers, as each last reported, and which of them get no new generations. */
@Path("workers")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class WorkerResource {

    @Inject
    private Grid grid;
    @Inject
    private Draining draining;

    @GET
    @Performs(Operation.LIST_WORKERS)
    public JsonObject list() {
        Set<String> drained = grid.drained();
        return Json.object().add("data", Json.array(grid.workers(), worker -> describe(worker, drained.contains(worker.id())))).build();
    }

    @POST
    @Path("{name}/drain")
    @Performs(Operation.DRAIN_WORKER)
    public Response drain(@PathParam("name") String name) {
        if (grid.workers().stream().noneMatch(worker -> worker.id().equals(name))) {
            throw new ProblemException(Problem.of(404, "No worker '" + name + "' is up."));
        }
        draining.drain(name);
        return Response.accepted().build();
    }

    /** Also one that is not up: it is then routed to from its next start on. */
    @POST
    @Path("{name}/resume")
    @Performs(Operation.RESUME_WORKER)
    public Response resume(@PathParam("name") String name) {
        if (!draining.resume(name)) {
            throw new ProblemException(Problem.of(404, "No worker '" + name + "' is drained."));
        }
        return Response.accepted().build();
    }

    private static JsonObject describe(WorkerStatus worker, boolean wanted) {
        JsonArrayBuilder stored = Json.array();
        worker.engine().stored().forEach(stored::add);
        return Json.object().add("id", worker.id()).add("state", state(worker)).add("drainWanted", wanted)
                .add("computeProfile", worker.engine().computeProfile()).add("startedAt", worker.startedAt().toString())
                .add("models", Json.array(worker.engine().models(), WorkerResource::describe)).add("stored", stored).build();
    }

    private static String state(WorkerStatus worker) {
        return !worker.draining() ? "up" : worker.load() > 0 ? "draining" : "drained";
    }

    private static JsonObject describe(ModelStatus model) {
        return Json.object().add("name", model.name()).add("state", model.state().name().toLowerCase(Locale.ROOT))
                .add("detail", model.detail()).add("dtype", model.dtype()).add("chatTemplate", model.chatTemplate())
                .add("maxModelLen", model.maxModelLen()).add("queued", model.queued()).add("running", model.running())
                .add("kvUsedTokens", model.kvUsedTokens()).add("kvCapacityTokens", model.kvCapacityTokens())
                .add("promptTokensTotal", model.promptTokensTotal()).add("generatedTokensTotal", model.generatedTokensTotal())
                .add("preemptionsTotal", model.preemptionsTotal())
                .add("tokensPerSecond", Double.isFinite(model.tokensPerSecond()) ? model.tokensPerSecond() : 0)
                .add("prefixCache", describe(model.prefixCache())).build();
    }

    private static JsonObject describe(PrefixCacheStatus cache) {
        return Json.object().add("queriedTokensTotal", cache.queriedTotal()).add("hitTokensTotal", cache.hitTotal())
                .add("cachedTokens", cache.cached()).add("pinnedTokens", cache.pinned())
                .add("evictedTokensTotal", cache.evictedTotal()).build();
    }
}
