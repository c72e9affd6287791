package org.altiplano.platform.models.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.altiplano.contract.EngineStatus.Pin;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Version;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.models.control.Models;
import org.altiplano.platform.models.control.Pinning;
import org.altiplano.platform.models.control.Pins;
import org.altiplano.platform.models.entity.PinRecord;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/pinned-prefixes}: system prompts that workers keep computed for whoever sends them. */
@Path("pinned-prefixes")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class PinnedPrefixResource {

    private static final int LONGEST_MODEL = 200;
    private static final int LONGEST_TEXT = 100_000;

    @Inject
    private Pins pins;
    @Inject
    private Pinning pinning;
    @Inject
    private Models models;
    @Inject
    private InstantSource clock;

    @GET
    @Performs(Operation.LIST_PINS)
    public JsonObject list() {
        return Json.object().add("data", Json.array(pins.all(), this::describe)).build();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CREATE_PIN)
    public Response create(InputStream body) {
        Fields fields = RequestBody.read(body);
        String model = fields.text("model", LONGEST_MODEL);
        String system = system(fields);
        if (models.find(model).isEmpty()) {
            throw new ProblemException(Problem.modelNotFound(model));
        }
        PinRecord pin = new PinRecord(UUID.randomUUID().toString(), model, system, clock.instant(), 1);
        if (!pins.add(pin)) {
            throw new ProblemException(Problem.of(409, "The model " + model + " has " + Pins.MOST + " pinned prefixes, the most it can have."));
        }
        pinning.tell();
        return answer(Response.Status.CREATED, pin).location(URI.create("/admin/v1/pinned-prefixes/" + pin.id())).build();
    }

    @PUT
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CHANGE_PIN)
    public Response change(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, InputStream body) {
        known(id);
        if (!pins.replace(id, system(RequestBody.read(body)), Version.of(ifMatch))) {
            throw Version.stale();
        }
        pinning.tell();
        return answer(Response.Status.OK, known(id)).build();
    }

    @DELETE
    @Path("{id}")
    @Performs(Operation.DELETE_PIN)
    public void delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        known(id);
        if (!pins.remove(id, Version.of(ifMatch))) {
            throw Version.stale();
        }
        pinning.tell();
    }

    private PinRecord known(String id) {
        return pins.find(id).orElseThrow(() -> new ProblemException(Problem.of(404, "There is no pinned prefix with this id.")));
    }

    private static String system(Fields fields) {
        String system = fields.text("system", LONGEST_TEXT);
        if (system.isBlank()) {
            throw Fields.problem("system", "'system' must not be empty.");
        }
        return system;
    }

    private Response.ResponseBuilder answer(Response.Status status, PinRecord pin) {
        return Response.status(status).entity(describe(pin)).header(HttpHeaders.ETAG, Version.tag(pin.version()));
    }

    private JsonObject describe(PinRecord pin) {
        return Json.object().add("id", pin.id()).add("model", pin.model()).add("system", pin.system())
                .add("createdAt", pin.createdAt().toString()).add("version", pin.version())
                .add("workers", Json.array(pinning.progress(pin), PinnedPrefixResource::describe)).build();
    }

    private static JsonObject describe(Map.Entry<String, Pin> progress) {
        Pin pin = progress.getValue();
        return Json.object().add("worker", progress.getKey()).add("tokens", pin.tokens()).add("pinnedTokens", pin.pinned())
                .add("detail", pin.detail()).build();
    }
}
