package org.altiplano.platform.sessions.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.RealmSessions;
import org.altiplano.platform.sessions.entity.RealmSession;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.token.EndedSession;
import org.altiplano.security.token.LogoutTokens;
import org.altiplano.security.token.LogoutVerdict;

/**
 * {@code /auth/keycloak/logout}: where the realm says, from server to server, that a session has ended there (OpenID Connect Back-Channel
 * Logout 1.0). Whoever asks is known by nothing but the realm's signature; a cookie is not looked at.
 */
@Path("keycloak/logout")
@RequestScoped
public class RealmSignOutResource {

    private static final String FIELD = "logout_token=";
    /** A token may be 16 KB long. */
    private static final int LONGEST = 20_000;

    @Inject
    private Optional<LogoutTokens> tokens;
    @Inject
    private RealmSessions sessions;
    @Inject
    private AuditLog log;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Performs(Operation.SIGN_OUT)
    public Response ended(InputStream body) {
        LogoutTokens realm = tokens.orElseThrow(() -> new ProblemException(Problem.of(404, "Users of this platform do not sign in through Keycloak.")));
        LogoutVerdict verdict = realm.judge(token(body));
        if (verdict instanceof LogoutVerdict.Undecided) {
            throw new ProblemException(new Problem(503, "server_error", "The realm's keys are not known at this moment.", Optional.empty(),
                    Optional.of("identity_provider_unavailable"), Optional.of(Duration.ofSeconds(1))));
        }
        if (!(verdict instanceof LogoutVerdict.Ended known)) {
            throw refused("This is no logout token of the realm for the console, or its time is over.");
        }
        end(known.session());
        return Response.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }

    private void end(EndedSession session) {
        for (RealmSession over : sessions.end(session)) {
            log.append(new AuditLog.Deed(over.caller().tenant(), clock.instant(), over.caller().owner(), over.caller().origin().name(),
                    request.getRemoteAddr(), "POST /auth/keycloak/logout", over.name(), Response.Status.OK.getStatusCode()));
        }
    }

    private static String token(InputStream body) {
        String form = new String(RequestBody.read(body, LONGEST), StandardCharsets.ISO_8859_1);
        try {
            return Arrays.stream(form.split("&")).filter(field -> field.startsWith(FIELD)).findFirst()
                    .map(field -> URLDecoder.decode(field.substring(FIELD.length()), StandardCharsets.UTF_8))
                    .orElseThrow(() -> refused("The field 'logout_token' is missing."));
        } catch (IllegalArgumentException e) {
            throw refused("The request's body is no form.");
        }
    }

    private static ProblemException refused(String message) {
        return new ProblemException(Problem.parameter("logout_token", message));
    }
}
