package org.altiplano.platform.sessions.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.altiplano.platform.audit.control.Audited;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.OpenSessions;
import org.altiplano.platform.sessions.control.Sessions;
import org.altiplano.platform.sessions.control.SignIn;
import org.altiplano.platform.sessions.entity.OpenSession;
import org.altiplano.platform.sessions.entity.PlatformUser;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.identity.NewPassword;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.web.CallerAuthentication;

/** {@code /auth}: signs users of the console in and out, and changes their passwords. */
@Path("/")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    /** Whoever makes names up must not fill the memory with them. As long as the database's. */
    private static final int LONGEST_USERNAME = 100;
    private static final int LONGEST_PASSWORD = 1_000;
    private static final int LONGEST_CODE = 100;

    @Inject
    private Sessions sessions;
    @Inject
    private SignIn signIn;
    @Inject
    private OpenSessions open;
    @Inject
    private IdentityProvider provider;
    @Inject
    private SessionCookies cookies;
    @Context
    private HttpServletRequest request;

    @POST
    @Path("login")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SIGN_IN)
    public Response login(InputStream body) {
        Fields fields = RequestBody.read(body);
        String username = fields.text("username", LONGEST_USERNAME);
        String password = fields.text("password", LONGEST_PASSWORD);
        Optional<String> code = fields.optionalText("code", LONGEST_CODE);
        PlatformUser user = signIn.prove(username, password, code, request.getRemoteAddr()).orElseThrow(() -> unauthorized(code.isEmpty()
                ? "The user name or the password is wrong." : "The user name, the password or the code is wrong."));
        SessionToken token = sessions.open(user);
        return Response.ok(describe(new OpenSession(user.caller(), user.username(), IdentityProvider.EMBEDDED)))
                .cookie(cookies.session(token)).header("Cache-Control", "no-store").build();
    }

    /** How users sign in here: nobody is known yet who could be asked. */
    @GET
    @Path("provider")
    @Performs(Operation.SIGN_IN)
    public Response provider() {
        return Response.ok(Json.object().add("provider", provider.word()).build()).header("Cache-Control", "no-store").build();
    }

    @GET
    @Path("session")
    @Performs(Operation.SEE_SESSION)
    public Response session(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token) {
        return Response.ok(describe(current(token))).header("Cache-Control", "no-store").build();
    }

    /** The old password is asked for again, and guesses are slowed down, so that a session left open is no way to it. */
    @POST
    @Path("password")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.CHANGE_PASSWORD)
    public Response changePassword(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token,
                                   @HeaderParam("X-Requested-With") String requestedWith, InputStream body) {
        OwnPage.require(requestedWith);
        OpenSession session = audited(token);
        if (session.provider() != IdentityProvider.EMBEDDED) {
            throw new ProblemException(new Problem(409, "invalid_request_error", "This user's password is kept by Keycloak: change it there.",
                    Optional.empty(), Optional.of("password_kept_elsewhere"), Optional.empty()));
        }
        String username = session.caller().owner();
        Fields fields = RequestBody.read(body);
        String current = fields.text("currentPassword", LONGEST_PASSWORD);
        NewPassword wanted = NewPassword.of(fields.text("newPassword", NewPassword.LONGEST), username)
                .orElseThrow(() -> Fields.problem("newPassword", "'newPassword' must have at least " + NewPassword.SHORTEST
                        + " characters, four of them different, and must not be the user name."));
        if (!signIn.knows(username, current, request.getRemoteAddr())) {
            throw new ProblemException(Problem.parameter("currentPassword", "The current password is wrong."));
        }
        sessions.changePassword(username, wanted, new SessionToken(token));
        return Response.noContent().build();
    }

    /** Ends the session at the identity provider too. Where that could not be told, the answer says so. */
    @POST
    @Path("logout")
    @Performs(Operation.SIGN_OUT)
    public Response logout(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token,
                           @HeaderParam("X-Requested-With") String requestedWith) {
        OwnPage.require(requestedWith);
        Optional<SessionToken> ending = Optional.ofNullable(token).map(SessionToken::new);
        ending.flatMap(open::find).ifPresent(caller -> Audited.by(request, caller));
        boolean whole = ending.map(open::close).orElse(true);
        return (whole ? Response.noContent() : Response.ok(Json.object().add("remaining", IdentityProvider.KEYCLOAK.word()).build()))
                .cookie(cookies.noSession()).header("Cache-Control", "no-store").build();
    }

    private OpenSession audited(String token) {
        OpenSession session = current(token);
        Audited.by(request, session.caller());
        return session;
    }

    private OpenSession current(String token) {
        return Optional.ofNullable(token).flatMap(text -> open.session(new SessionToken(text)))
                .orElseThrow(() -> unauthorized("There is no session, or it has ended."));
    }

    /** With what the user may do, so that the console need not know the roles' rights. */
    private static JsonObject describe(OpenSession session) {
        Caller caller = session.caller();
        JsonArrayBuilder roles = Json.array();
        new TreeSet<>(caller.roleWords()).forEach(roles::add);
        JsonArrayBuilder operations = Json.array();
        Arrays.stream(Operation.values()).filter(caller::may).map(Operation::word).forEach(operations::add);
        return Json.object().add("username", session.name()).add("owner", caller.owner()).add("tenant", caller.tenant())
                .add("provider", session.provider().word()).add("roles", roles).add("operations", operations).build();
    }

    private static ProblemException unauthorized(String message) {
        return new ProblemException(Problem.of(401, message));
    }
}
