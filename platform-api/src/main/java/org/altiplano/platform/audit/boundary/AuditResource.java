package org.altiplano.platform.audit.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.audit.control.ChainChecks;
import org.altiplano.platform.audit.entity.AuditSearch;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.tenants.control.AskedTenant;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/audit}: the events of a tenant, or of the platform as a whole, in the order in which they happened. */
@Path("audit")
@RequestScoped
public class AuditResource {

    private static final int AT_ONCE = 500;
    private static final String LINES = "application/jsonl";

    @Inject
    private AuditLog log;
    @Inject
    private ChainChecks checks;
    @Context
    private HttpServletRequest request;

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Performs(Operation.SEE_AUDIT)
    public JsonObject list(@QueryParam("tenant") String tenant, @QueryParam("order") String order, @QueryParam("actor") String actor,
                           @QueryParam("about") String about, @QueryParam("from") String from, @QueryParam("to") String to,
                           @QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        AuditSearch search = AuditForm.search(page.after(), order, actor, about, from, to);
        return page.tell(log.events(chain(tenant), search, page.reads()), sealed -> Long.toString(sealed.event().sequence()), AuditForm::describe);
    }

    /** Whether a chain is whole, by this gateway's own key: the next stretch of it, and from where to ask for the one after. */
    @GET
    @Path("verify")
    @Produces(MediaType.APPLICATION_JSON)
    @Performs(Operation.SEE_AUDIT)
    public JsonObject verify(@QueryParam("tenant") String tenant, @QueryParam("cursor") String cursor) {
        String chain = chain(tenant);
        return AuditForm.describe(chain, checks.check(chain, AuditForm.seen(Page.of(cursor, null).after())));
    }

    /** The chains that there are, within the caller's reach. */
    @GET
    @Path("chains")
    @Produces(MediaType.APPLICATION_JSON)
    @Performs(Operation.SEE_AUDIT)
    public JsonObject chains() {
        List<Map.Entry<String, Long>> chains = log.chains().entrySet().stream()
                .filter(chain -> caller().reaches(Operation.SEE_AUDIT, chain.getKey(), caller().owner())).toList();
        return Json.object().add("data", Json.array(chains,
                chain -> Json.object().add("tenant", chain.getKey()).add("events", chain.getValue()).build())).build();
    }

    /** All events, one JSON object a line. */
    @GET
    @Path("export")
    @Produces(LINES)
    @Performs(Operation.SEE_AUDIT)
    public Response export(@QueryParam("tenant") String tenant) {
        String chain = chain(tenant);
        AuditLines lines = new AuditLines(log.events(chain, 0, AT_ONCE), last -> log.events(chain, last, AT_ONCE));
        return Response.ok(lines, LINES).header("Cache-Control", "no-store").build();
    }

    private String chain(String tenant) {
        return AskedTenant.of(caller(), Operation.SEE_AUDIT, Optional.ofNullable(tenant)).orElse(AuditEvent.PLATFORM);
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }
}
