package org.altiplano.platform.usage.boundary;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.Optional;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.usage.control.UsagePolicies;
import org.altiplano.platform.usage.control.UsageReports;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/usage} and {@code /admin/v1/quotas}. */
@Path("/")
@RequestScoped
@RolesAllowed(Caller.PLATFORM_ADMIN)
public class UsageResource {

    private static final String CSV = "text/csv; charset=utf-8";

    @Inject
    private UsageReports reports;
    @Inject
    private UsagePolicies policies;
    @Inject
    private InstantSource clock;

    @GET
    @Path("usage")
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject usage(@QueryParam("tenant") String tenant, @QueryParam("from") String from, @QueryParam("to") String to,
                            @QueryParam("group") String group) {
        UsageQuestion question = question(tenant, from, to, group);
        return UsageForm.json(question, reports.answer(question));
    }

    @GET
    @Path("usage.csv")
    @Produces("text/csv")
    public Response table(@QueryParam("tenant") String tenant, @QueryParam("from") String from, @QueryParam("to") String to,
                          @QueryParam("group") String group) {
        UsageQuestion question = question(tenant, from, to, group);
        return Response.ok(UsageForm.csv(question, reports.answer(question)), CSV)
                .header("Content-Disposition", "attachment; filename=\"usage.csv\"").build();
    }

    /** How all policies of a tenant stand now. */
    @GET
    @Path("quotas")
    @Produces(MediaType.APPLICATION_JSON)
    public JsonObject quotas(@DefaultValue("default") @QueryParam("tenant") String tenant) {
        return Json.object().add("data", Json.array(reports.quotas(policies.of(tenant), clock.instant()), UsageForm::quota)).build();
    }

    private UsageQuestion question(String tenant, String from, String to, String group) {
        return UsageForm.question(from, to, group, Optional.ofNullable(tenant), Optional.empty(), clock.instant());
    }
}
