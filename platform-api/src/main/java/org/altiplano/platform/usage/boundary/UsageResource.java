package org.altiplano.platform.usage.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.Optional;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.tenants.control.AskedTenant;
import org.altiplano.platform.usage.control.UsagePolicies;
import org.altiplano.platform.usage.control.UsageReports;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/usage} and {@code /admin/v1/quotas}. */
@Path("/")
@RequestScoped
public class UsageResource {

    private static final String CSV = "text/csv; charset=utf-8";

    @Inject
    private UsageReports reports;
    @Inject
    private UsagePolicies policies;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @GET
    @Path("usage")
    @Produces(MediaType.APPLICATION_JSON)
    @Performs(Operation.SEE_USAGE)
    public JsonObject usage(@QueryParam("tenant") String tenant, @BeanParam AskedUsage asked) {
        UsageQuestion question = question(tenant, asked);
        return UsageForm.json(question, reports.answer(question));
    }

    @GET
    @Path("usage.csv")
    @Produces("text/csv")
    @Performs(Operation.SEE_USAGE)
    public Response table(@QueryParam("tenant") String tenant, @BeanParam AskedUsage asked) {
        UsageQuestion question = question(tenant, asked);
        return Response.ok(UsageForm.csv(question, reports.answer(question)), CSV)
                .header("Content-Disposition", "attachment; filename=\"usage.csv\"").build();
    }

    /** How the policies of a tenant stand now, in the order of their ids. */
    @GET
    @Path("quotas")
    @Produces(MediaType.APPLICATION_JSON)
    @Performs(Operation.SEE_QUOTAS)
    public JsonObject quotas(@QueryParam("tenant") String tenant, @QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        String asked = AskedTenant.of(caller(), Operation.SEE_QUOTAS, Optional.ofNullable(tenant)).orElse(caller().tenant());
        return page.tell(reports.quotas(policies.page(asked, page.after(), page.reads()), clock.instant()), quota -> quota.policy().id(), UsageForm::quota);
    }

    private UsageQuestion question(String tenant, AskedUsage asked) {
        return asked.question(AskedTenant.of(caller(), Operation.SEE_USAGE, Optional.ofNullable(tenant)), Optional.empty(), clock.instant());
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }
}
