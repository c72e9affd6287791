package org.altiplano.platform.usage.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;
import java.util.Optional;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.usage.control.UsagePolicies;
import org.altiplano.platform.usage.control.UsageReports;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /v1/usage}: what the caller itself has used, and what is left under each policy that binds it. */
@Path("usage")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class OwnUsageResource {

    @Inject
    private UsageReports reports;
    @Inject
    private UsagePolicies policies;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.SEE_OWN_USAGE)
    public JsonObject usage(@BeanParam AskedUsage asked) {
        Spender spender = Spender.of((Caller) request.getUserPrincipal());
        UsageQuestion question = asked.question(Optional.of(spender.tenant()), Optional.of(spender.owner()), clock.instant());
        return Json.object(UsageForm.json(question, reports.answer(question)))
                .add("quotas", Json.array(reports.quotas(policies.binding(spender), clock.instant()), UsageForm::quota)).build();
    }
}
