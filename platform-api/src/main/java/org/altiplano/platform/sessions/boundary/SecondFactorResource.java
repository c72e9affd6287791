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
import java.util.Optional;
import org.altiplano.platform.audit.control.Audited;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.OpenSessions;
import org.altiplano.platform.sessions.control.SecondFactors;
import org.altiplano.platform.sessions.control.SignIn;
import org.altiplano.platform.sessions.entity.OpenSession;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.identity.SecondFactor;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.web.CallerAuthentication;

/** {@code /auth/second-factor}: what the session's user signs in with besides the password, where that is kept here and not by Keycloak. */
@Path("second-factor")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class SecondFactorResource {

    private static final int LONGEST_PASSWORD = 1_000;
    private static final int LONGEST_CODE = 100;

    @Inject
    private OpenSessions sessions;
    @Inject
    private SignIn signIn;
    @Inject
    private SecondFactors factors;
    @Context
    private HttpServletRequest request;

    @GET
    @Performs(Operation.SEE_SECOND_FACTOR)
    public Response see(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token) {
        return told(Json.object().add("enabled", factors.isOn(caller(token).owner())).build());
    }

    /** The password is asked for again, so that a session left open is no way to it. It is not in force before a code confirms it. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SET_SECOND_FACTOR)
    public Response enrol(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token,
                          @HeaderParam("X-Requested-With") String requestedWith, InputStream body) {
        String username = own(token, requestedWith).owner();
        if (!signIn.knows(username, RequestBody.read(body).text("currentPassword", LONGEST_PASSWORD), request.getRemoteAddr())) {
            throw new ProblemException(Problem.parameter("currentPassword", "The current password is wrong."));
        }
        String secret = factors.enrol(username);
        return told(Json.object().add("secret", secret).add("uri", SecondFactor.address(username, secret)).build());
    }

    @POST
    @Path("confirm")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SET_SECOND_FACTOR)
    public Response confirm(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token,
                            @HeaderParam("X-Requested-With") String requestedWith, InputStream body) {
        String username = own(token, requestedWith).owner();
        JsonArrayBuilder codes = Json.array();
        factors.confirm(username, RequestBody.read(body).text("code", LONGEST_CODE)).orElseThrow(() -> new ProblemException(
                Problem.parameter("code", "The code is wrong, or its time is over."))).forEach(codes::add);
        return told(Json.object().add("recoveryCodes", codes).build());
    }

    @POST
    @Path("remove")
    @Consumes(MediaType.APPLICATION_JSON)
    @Performs(Operation.SET_SECOND_FACTOR)
    public Response remove(@CookieParam(CallerAuthentication.SESSION_COOKIE) String token,
                           @HeaderParam("X-Requested-With") String requestedWith, InputStream body) {
        String username = own(token, requestedWith).owner();
        Fields fields = RequestBody.read(body);
        if (signIn.prove(username, fields.text("currentPassword", LONGEST_PASSWORD), Optional.of(fields.text("code", LONGEST_CODE)),
                request.getRemoteAddr()).isEmpty()) {
            throw new ProblemException(Problem.parameter("code", "The current password or the code is wrong."));
        }
        factors.remove(username);
        return Response.noContent().build();
    }

    private Caller own(String token, String requestedWith) {
        OwnPage.require(requestedWith);
        Caller caller = caller(token);
        Audited.by(request, caller);
        return caller;
    }

    private Caller caller(String token) {
        OpenSession session = Optional.ofNullable(token).flatMap(text -> sessions.session(new SessionToken(text)))
                .orElseThrow(() -> new ProblemException(Problem.of(401, "There is no session, or it has ended.")));
        if (session.provider() != IdentityProvider.EMBEDDED) {
            throw new ProblemException(new Problem(409, "invalid_request_error", "This user's second factor is kept by Keycloak: look after it there.",
                    Optional.empty(), Optional.of("second_factor_kept_elsewhere"), Optional.empty()));
        }
        return session.caller();
    }

    private static Response told(JsonObject body) {
        return Response.ok(body).header("Cache-Control", "no-store").build();
    }
}
