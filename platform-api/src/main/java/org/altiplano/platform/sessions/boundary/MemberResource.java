package org.altiplano.platform.sessions.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
import org.altiplano.platform.audit.control.Audited;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.MemberDirectory;
import org.altiplano.platform.sessions.control.MemberParser;
import org.altiplano.platform.sessions.control.Members;
import org.altiplano.platform.sessions.entity.Member;
import org.altiplano.platform.sessions.entity.MemberPage;
import org.altiplano.platform.sessions.entity.MemberPosition;
import org.altiplano.platform.tenants.control.AskedTenant;
import org.altiplano.platform.tenants.control.KnownKeys;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;

/** {@code /admin/v1/members}: a tenant's users, wherever they are kept. */
@Path("members")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class MemberResource {

    @Inject
    private MemberDirectory members;
    @Inject
    private Members own;
    @Inject
    private IdentityProvider provider;
    @Inject
    private KnownKeys known;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.LIST_MEMBERS)
    public JsonObject list(@QueryParam("tenant") String tenant, @QueryParam("cursor") String cursor, @QueryParam("limit") String limit) {
        Optional<String> asked = AskedTenant.of(caller(), Operation.LIST_MEMBERS, Optional.ofNullable(tenant));
        MemberPage page = members.list(caller(), asked, Page.of(cursor, limit));
        return Page.tell(page.members(), page.next().map(MemberPosition::text), MemberResource::describe);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.ADD_MEMBER)
    public Response add(InputStream body) {
        Member added = members.add(caller(), MemberParser.wish(RequestBody.read(body), caller().tenant()));
        return Response.status(Response.Status.CREATED).header("Cache-Control", "no-store").entity(describe(added)).build();
    }

    @PATCH
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CHANGE_MEMBER)
    public JsonObject change(@PathParam("id") String username, InputStream body) {
        Fields fields = RequestBody.read(body);
        return members.change(caller(), username, MemberParser.roles(fields), MemberParser.password(fields, username))
                .map(MemberResource::describe).orElseThrow(MemberResource::unknown);
    }

    @DELETE
    @Path("{id}")
    @Performs(Operation.REMOVE_MEMBER)
    public void remove(@PathParam("id") String username) {
        Member removed = members.remove(caller(), username).orElseThrow(MemberResource::unknown);
        known.changed();
        Audited.in(request, removed.tenant());
    }

    /** Only the platform's own users have one here. */
    @DELETE
    @Path("{id}/second-factor")
    @Performs(Operation.RESET_SECOND_FACTOR)
    public void resetSecondFactor(@PathParam("id") String username) {
        Audited.in(request, own.resetSecondFactor(caller(), username).orElseThrow(this::unknownHere).caller().tenant());
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }

    private static ProblemException unknown() {
        return new ProblemException(Problem.of(404, "There is no user with this name."));
    }

    private ProblemException unknownHere() {
        return provider == IdentityProvider.EMBEDDED ? unknown() : new ProblemException(Problem.of(404,
                "The platform's own database has no user with this name: the second factors of Keycloak's users are looked after there."));
    }

    private static JsonObject describe(Member member) {
        JsonArrayBuilder roles = Json.array();
        member.roles().stream().map(Role::word).sorted().forEach(roles::add);
        return Json.object().add("username", member.username()).add("owner", member.owner()).add("tenant", member.tenant()).add("roles", roles)
                .add("createdAt", member.createdAt().toString()).build();
    }
}
