package org.altiplano.platform.contentlog.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
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
import java.util.Optional;
import org.altiplano.platform.contentlog.control.ContentLog;
import org.altiplano.platform.contentlog.entity.ContentLogSetting;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.contentlog.entity.ContentSearch;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Search;
import org.altiplano.platform.http.control.Version;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/content-log}: what the caller's own tenant has written down of prompts and answers. Nobody sees another's. */
@Path("content-log")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class ContentLogResource {

    private static final Range DAYS = Range.of(ContentLogSetting.SHORTEST_DAYS, ContentLogSetting.LONGEST_DAYS);

    @Inject
    private ContentLog log;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.READ_CONTENT_LOG)
    public Response list(@QueryParam("owner") String owner, @QueryParam("model") String model, @QueryParam("from") String from,
                         @QueryParam("to") String to, @QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        Search.Days days = Search.days(from, to);
        ContentSearch search = new ContentSearch(Optional.of(page.after()).filter(position -> !position.isEmpty()), Search.part("owner", owner),
                Search.part("model", model), days.from(), days.until());
        return read(page.tell(log.page(tenant(), search, page.reads()), ContentRecord::position, ContentForm::entry));
    }

    @GET
    @Path("{id}")
    @Performs(Operation.READ_CONTENT_LOG)
    public Response open(@PathParam("id") String id) {
        return read(log.find(tenant(), id).map(ContentForm::whole)
                .orElseThrow(() -> new ProblemException(Problem.of(404, "There is no request with this id in the content log."))));
    }

    @DELETE
    @Performs(Operation.ERASE_CONTENT_LOG)
    public JsonObject erase() {
        return Json.object().add("tenant", tenant()).add("erased", log.erase(tenant())).build();
    }

    @GET
    @Path("setting")
    @Performs(Operation.SEE_CONTENT_LOGGING)
    public Response setting() {
        return answer(log.setting(tenant()));
    }

    /** What was written down before stays until its time is over, also when it is turned off. */
    @PUT
    @Path("setting")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SET_CONTENT_LOGGING)
    public Response set(@HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, InputStream body) {
        Fields fields = RequestBody.read(body);
        if (!fields.has("enabled")) {
            throw Fields.problem("enabled", "'enabled' is required.");
        }
        int days = fields.integer("retentionDays", DAYS).orElseThrow(() -> Fields.problem("retentionDays", "'retentionDays' is required."));
        if (!log.replace(new ContentLogSetting(tenant(), fields.flag("enabled", false), days, Version.of(ifMatch)))) {
            throw Version.stale();
        }
        return answer(log.setting(tenant()));
    }

    private String tenant() {
        return ((Caller) request.getUserPrincipal()).tenant();
    }

    private static Response answer(ContentLogSetting setting) {
        return Response.ok(Json.object().add("tenant", setting.tenant()).add("enabled", setting.enabled())
                .add("retentionDays", setting.retentionDays()).add("version", setting.version()).build())
                .header(HttpHeaders.ETAG, Version.tag(setting.version())).build();
    }

    private static Response read(JsonObject content) {
        return Response.ok(content).header("Cache-Control", "no-store").build();
    }
}
