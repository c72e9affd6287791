package org.altiplano.platform.usage.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
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
import java.net.URI;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.control.Version;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.control.AskedTenant;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.usage.control.UsagePolicies;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.access.Reach;
import org.altiplano.security.identity.Caller;

/** {@code /admin/v1/usage-policies}. */
@Path("usage-policies")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class UsagePolicyResource {

    private static final int LONGEST_SUBJECT = 200;

    @Inject
    private UsagePolicies policies;
    @Inject
    private Tenants tenants;
    @Inject
    private ApiKeys keys;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_POLICIES)
    public JsonObject list(@QueryParam("tenant") String tenant, @QueryParam("cursor") String cursor,
                           @QueryParam("limit") String limit) {
        Page page = Page.of(cursor, limit);
        String asked = AskedTenant.of(caller(), Operation.LIST_POLICIES, Optional.ofNullable(tenant)).orElse("");
        return page.tell(policies.page(asked, page.after(), page.reads()), UsagePolicy::id, PolicyForm::of);
    }

    @GET
    @Path("{id}")
    @Performs(Operation.SEE_POLICY)
    public Response find(@PathParam("id") String id) {
        return answer(Response.Status.OK, known(Operation.SEE_POLICY, id)).build();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CREATE_POLICY)
    public Response create(InputStream body) {
        Fields fields = RequestBody.read(body);
        String tenant = AskedTenant.of(caller(), Operation.CREATE_POLICY, fields.optionalText("tenant"))
                .filter(named -> tenants.find(named).isPresent()).orElseThrow(() -> Fields.problem("tenant", "'tenant' must be the id of a tenant."));
        String scope = fields.text("scope");
        if (!Set.of("tenant", "owner", "key").contains(scope)) {
            throw Fields.problem("scope", "'scope' must be tenant, owner or key.");
        }
        String subject = fields.optionalText("subject", LONGEST_SUBJECT).orElse("");
        if (scope.equals("tenant") != subject.isEmpty()) {
            throw Fields.problem("subject", "'subject' must name the owner or be the key's id; for a tenant it is left out.");
        }
        if (scope.equals("key") && keys.find(subject).filter(key -> key.tenant().equals(tenant)).isEmpty()) {
            throw Fields.problem("subject", "'subject' must be the id of one of the tenant's keys.");
        }
        UsagePolicy policy = policies.create(new UsagePolicy(UUID.randomUUID().toString(), tenant, Scope.valueOf(scope.toUpperCase(Locale.ROOT)),
                subject, PolicyForm.limits(fields, Set.of("tenant", "scope", "subject")), keeper(Operation.CREATE_POLICY), 1),
                clock.instant());
        return answer(Response.Status.CREATED, policy).location(URI.create("/admin/v1/usage-policies/" + policy.id())).build();
    }

    /** Puts all limits in the place of those before; one that is left out is none. Whoever changes it looks after it from then on. */
    @PUT
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CHANGE_POLICY)
    public Response change(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch, InputStream body) {
        UsagePolicy known = kept(Operation.CHANGE_POLICY, id);
        if (!policies.replace(new UsagePolicy(id, known.tenant(), known.scope(), known.subject(), PolicyForm.limits(RequestBody.read(body), Set.of()),
                keeper(Operation.CHANGE_POLICY), Version.of(ifMatch)), clock.instant())) {
            throw Version.stale();
        }
        return answer(Response.Status.OK, known(Operation.CHANGE_POLICY, id)).build();
    }

    @DELETE
    @Path("{id}")
    @Performs(Operation.DELETE_POLICY)
    public void delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
        kept(Operation.DELETE_POLICY, id);
        if (!policies.delete(id, Version.of(ifMatch))) {
            throw Version.stale();
        }
    }

    private Keeper keeper(Operation operation) {
        return caller().reach(operation) == Reach.PLATFORM ? Keeper.PLATFORM : Keeper.TENANT;
    }

    /** A policy that the caller looks after. @throws ProblemException 403 if it sees it only */
    private UsagePolicy kept(Operation operation, String id) {
        UsagePolicy policy = known(operation, id);
        if (policy.keeper() == Keeper.PLATFORM && keeper(operation) == Keeper.TENANT) {
            throw new ProblemException(new Problem(403, "invalid_request_error", "The platform's administrators look after this usage policy. Yours can"
                    + " limit further what it allows.", Optional.empty(), Optional.of("policy_of_the_platform"), Optional.empty()));
        }
        return policy;
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }

    private UsagePolicy known(Operation operation, String id) {
        return policies.find(id).filter(policy -> caller().reaches(operation, policy.tenant(), policy.subject()))
                .orElseThrow(() -> new ProblemException(Problem.of(404, "There is no usage policy with this id.")));
    }

    private static Response.ResponseBuilder answer(Response.Status status, UsagePolicy policy) {
        return Response.status(status).entity(PolicyForm.of(policy)).header(HttpHeaders.ETAG, Version.tag(policy.version()));
    }
}
