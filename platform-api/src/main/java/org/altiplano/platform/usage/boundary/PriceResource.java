package org.altiplano.platform.usage.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Version;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.control.Prices;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;

/** {@code /admin/v1/prices}: what a million tokens of each model cost. A model that is not named is free. */
@Path("prices")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class PriceResource {

    private static final int LONGEST_MODEL = 200;

    @Inject
    private Prices prices;

    @GET
    @Performs(Operation.LIST_PRICES)
    public JsonObject list() {
        return Json.object().add("data", Json.array(prices.all().entrySet(), PriceResource::describe)).build();
    }

    /** A first price is set without If-Match; a change names what it changes. */
    @PUT
    @Path("{model: .+}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SET_PRICE)
    public Response set(@PathParam("model") String model, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, InputStream body) {
        if (model.length() > LONGEST_MODEL) {
            throw Fields.problem("model", "The model's name may have at most " + LONGEST_MODEL + " characters.");
        }
        Fields fields = RequestBody.read(body);
        long input = perMillion(fields, "inputPerMillion");
        long cached = fields.has("cachedPerMillion") ? perMillion(fields, "cachedPerMillion") : input;
        if (cached > input) {
            throw Fields.problem("cachedPerMillion", "'cachedPerMillion' must not be more than 'inputPerMillion'.");
        }
        Price price = new Price(input, cached, perMillion(fields, "outputPerMillion"));
        boolean known = prices.all().containsKey(model);
        if (!prices.set(model, price, known ? OptionalLong.of(Version.of(ifMatch)) : OptionalLong.empty())) {
            throw Version.stale();
        }
        Map.Entry<String, Prices.Listed> listed = listed(model);
        return Response.status(known ? Response.Status.OK : Response.Status.CREATED).entity(describe(listed))
                .header(HttpHeaders.ETAG, Version.tag(listed.getValue().version())).build();
    }

    @DELETE
    @Path("{model: .+}")
    @Performs(Operation.REMOVE_PRICE)
    public void remove(@PathParam("model") String model, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        listed(model);
        if (!prices.remove(model, Version.of(ifMatch))) {
            throw Version.stale();
        }
    }

    private Map.Entry<String, Prices.Listed> listed(String model) {
        return Optional.ofNullable(prices.all().get(model)).map(price -> Map.entry(model, price))
                .orElseThrow(() -> new ProblemException(Problem.of(404, "This model has no price.")));
    }

    private static long perMillion(Fields fields, String name) {
        return Money.perMillion(fields, name).orElseThrow(() -> Fields.problem(name, "'" + name + "' is required."));
    }

    private static JsonObject describe(Map.Entry<String, Prices.Listed> entry) {
        Price price = entry.getValue().price();
        return Json.object().add("model", entry.getKey()).add("inputPerMillion", Money.of(price.input()).movePointRight(6))
                .add("cachedPerMillion", Money.of(price.cached()).movePointRight(6))
                .add("outputPerMillion", Money.of(price.output()).movePointRight(6)).add("version", entry.getValue().version()).build();
    }
}
