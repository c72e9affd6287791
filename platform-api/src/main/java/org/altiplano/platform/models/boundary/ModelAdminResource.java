package org.altiplano.platform.models.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
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
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.ModelSource;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.models.control.ModelStores;
import org.altiplano.platform.models.control.Models;
import org.altiplano.platform.models.control.Placement;
import org.altiplano.platform.models.entity.ModelView;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/models}: all models, which are to be served, and what comes into the workers' stores and goes. */
@Path("models")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ModelAdminResource {

    /** A model just imported is told by its worker within this time, and so is that one was freed. */
    private static final int LOOKS = 20;
    private static final long LOOK_MILLIS = 100;
    private static final int LONGEST_PATH = 1_000;
    private static final int LONGEST_NAME = 200;

    @Inject
    private Models models;
    @Inject
    private Placement placement;
    @Inject
    private ModelStores stores;

    @GET
    @Performs(Operation.LIST_ALL_MODELS)
    public JsonObject list() {
        return Json.object().add("data", Json.array(models.all(), ModelAdminResource::describe)).build();
    }

    /** Begins to bring a model into a worker's store: the job that is answered tells how far it is. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.ADD_MODEL)
    public Response add(InputStream body) {
        Fields fields = RequestBody.read(body);
        return Response.accepted(ModelJobResource.describe(stores.add(source(fields), fields.optionalText("worker", LONGEST_NAME)))).build();
    }

    private static ModelSource source(Fields fields) {
        String name = fields.text("name", LONGEST_NAME);
        if (!fields.has("path")) {
            if (ModelCatalogue.find(name).filter(ModelCatalogue.Entry::pullable).isEmpty()) {
                throw Fields.problem("name", "The model '" + name + "' cannot be downloaded: give its 'path' in the import folder.");
            }
            return new ModelSource.Catalogue(name);
        }
        if (!ModelSource.isName(name)) {
            throw Fields.problem("name", "'name' must be a to z, 0 to 9, dot, underscore and hyphen, begin with a letter or digit and have at most"
                    + " 63 characters.");
        }
        Optional<String> template = fields.optionalText("chatTemplate").map(word -> one(ModelSource.CHAT_TEMPLATES, "chatTemplate", word));
        return new ModelSource.Folder(name, fields.text("path", LONGEST_PATH),
                one(ModelSource.DTYPES, "dtype", fields.optionalText("dtype").orElse(ModelSource.DTYPES.get(0))), template);
    }

    private static String one(List<String> known, String field, String word) {
        if (!known.contains(word)) {
            throw Fields.problem(field, "'" + field + "' must be one of " + String.join(", ", known) + ".");
        }
        return word;
    }

    /** Of all workers that are up. */
    @DELETE
    @Path("{name}")
    @Performs(Operation.REMOVE_MODEL)
    public void remove(@PathParam("name") String name) {
        stores.remove(name);
    }

    @POST
    @Path("{name}/serve")
    @Performs(Operation.SERVE_MODEL)
    public Response serve(@PathParam("name") String name) throws InterruptedException {
        if (!comes(() -> models.find(name).filter(ModelView::stored).isPresent())) {
            throw new ProblemException(models.find(name).isEmpty() ? Problem.modelNotFound(name)
                    : Problem.of(409, "No running worker has the model " + name + " in its store: import or pull it first."));
        }
        // Workers do not try again by themselves what they could not load: for that it must go first.
        if (failed(name)) {
            placement.displace(name);
            comes(() -> !failed(name));
        }
        placement.place(name);
        return Response.accepted().build();
    }

    private boolean failed(String name) {
        return models.find(name).filter(model -> model.state().equals("failed")).isPresent();
    }

    /** @return whether it came true in time */
    private static boolean comes(BooleanSupplier condition) throws InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            if (condition.getAsBoolean()) {
                return true;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return false;
    }

    @POST
    @Path("{name}/unserve")
    @Performs(Operation.UNSERVE_MODEL)
    public Response unserve(@PathParam("name") String name) {
        if (!placement.displace(name)) {
            throw new ProblemException(Problem.of(404, "The model '" + name + "' is not being served."));
        }
        return Response.accepted().build();
    }

    private static JsonObject describe(ModelView model) {
        JsonObjectBuilder json = Json.object().add("name", model.name()).add("state", model.state())
                .add("detail", model.best().map(ModelStatus::detail).orElse(""));
        JsonArrayBuilder workers = Json.array();
        model.held().forEach(held -> workers.add(held.worker()));
        model.entry().ifPresentOrElse(entry -> add(json, entry), () -> addUnknown(json, model));
        return json.add("dtype", model.best().<JsonValue>map(held -> Json.string(held.dtype())).orElse(JsonValue.NULL))
                .add("chatTemplate", model.best().map(ModelStatus::chatTemplate).or(() -> model.entry().map(ModelCatalogue.Entry::chatTemplate))
                        .<JsonValue>map(Json::string).orElse(JsonValue.NULL))
                .add("placed", model.placed()).add("workers", workers).build();
    }

    private static void add(JsonObjectBuilder json, ModelCatalogue.Entry entry) {
        ModelShape shape = entry.shape();
        json.add("parameters", shape.parameters()).add("contextLength", shape.context())
                .add("shape", Json.object().add("layers", shape.layers()).add("dim", shape.dim()).add("heads", shape.heads())
                        .add("kvHeads", shape.kvHeads()).add("headDim", shape.headDim()).add("ffn", shape.ffn())
                        .add("vocabulary", shape.vocabulary()).add("context", shape.context())
                        .add("tiedEmbeddings", shape.tiedEmbeddings()))
                .add("licence", entry.licence()).add("weights", entry.weights()).add("pullable", entry.pullable());
    }

    private static void addUnknown(JsonObjectBuilder json, ModelView model) {
        json.addNull("parameters");
        model.best().filter(held -> held.maxModelLen() > 0).ifPresentOrElse(held -> json.add("contextLength", held.maxModelLen()),
                () -> json.addNull("contextLength"));
        json.addNull("shape").addNull("licence").add("weights", "Imported.").add("pullable", false);
    }
}
