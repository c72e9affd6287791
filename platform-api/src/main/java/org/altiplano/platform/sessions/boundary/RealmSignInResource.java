package org.altiplano.platform.sessions.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.OpenSessions;
import org.altiplano.platform.sessions.control.RealmSessions;
import org.altiplano.platform.setup.entity.IdentitySettings;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.signin.Grant;
import org.altiplano.security.signin.RealmClient;
import org.altiplano.security.signin.SignInAttempt;
import org.altiplano.security.web.CallerAuthentication;

/**
 * {@code /auth/keycloak}: sends browsers to the realm to sign in, and opens sessions for those that come back. Browsers are
 * sent to the realm and to the console's own pages, and nowhere else. What went wrong is told to the console by a word of
 * its own in the address, so that no foreign text is ever shown there.
 */
@Path("keycloak")
@RequestScoped
public class RealmSignInResource {

    private static final int LONGEST_CODE = 2_000;

    @Inject
    private Optional<RealmClient> realm;
    @Inject
    private IdentitySettings settings;
    @Inject
    private OpenSessions sessions;
    @Inject
    private RealmSessions realmSessions;
    @Inject
    private SessionCookies cookies;
    @Inject
    private AuditLog log;
    @Inject
    private SecureRandom random;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    /** @param to the page of the console to show afterwards */
    @GET
    @Path("start")
    @Performs(Operation.SIGN_IN)
    public Response start(@QueryParam("to") String to) {
        RealmClient client = client();
        if (!client.answers()) {
            return failed("unavailable");
        }
        SignInAttempt attempt = SignInAttempt.begin(random);
        String page = Base64.getUrlEncoder().withoutPadding().encodeToString(LocalPath.of(to).text().getBytes(StandardCharsets.UTF_8));
        return redirect(client.signIn(attempt), cookies.attempt(attempt.secret() + "." + page));
    }

    @GET
    @Path("callback")
    @Performs(Operation.SIGN_IN)
    public Response callback(@QueryParam("code") String code, @QueryParam("state") String state, @QueryParam("error") String error,
                             @CookieParam(SessionCookies.ATTEMPT) String cookie,
                             @CookieParam(CallerAuthentication.SESSION_COOKIE) String former) {
        RealmClient client = client();
        String[] parts = Optional.ofNullable(cookie).orElse("").split("\\.", 2);
        Optional<SignInAttempt> attempt = SignInAttempt.of(parts[0]).filter(begun -> state != null && begun.awaits(state));
        if (attempt.isEmpty()) {
            return failed("stale");
        }
        if (error != null) {
            return failed("access_denied".equals(error) ? "denied" : "refused");
        }
        if (code == null || code.isEmpty() || code.length() > LONGEST_CODE) {
            return failed("refused");
        }
        Grant grant = client.exchange(code, attempt.get());
        if (grant instanceof Grant.Given given) {
            return signedIn(given, Optional.ofNullable(former), page(parts));
        }
        return failed(grant instanceof Grant.Homeless ? "homeless" : grant instanceof Grant.Unavailable ? "unavailable" : "refused");
    }

    private Response signedIn(Grant.Given given, Optional<String> former, LocalPath page) {
        // Before there is a session: nobody is let in who is not written down.
        log.append(new AuditLog.Deed(given.caller().tenant(), clock.instant(), given.caller().owner(), given.caller().origin().name(),
                request.getRemoteAddr(), "GET /auth/keycloak/callback", given.name(), Response.Status.SEE_OTHER.getStatusCode()));
        former.ifPresent(token -> sessions.replace(new SessionToken(token)));
        return redirect(settings.console().resolve(page.text()), cookies.session(realmSessions.open(given)), cookies.noAttempt());
    }

    /** It is the browser's own, but whoever writes a cookie there must not choose where it goes either. */
    private static LocalPath page(String[] cookie) {
        try {
            return cookie.length < 2 ? LocalPath.HOME : LocalPath.of(new String(Base64.getUrlDecoder().decode(cookie[1]), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException noBase64) {
            return LocalPath.HOME;
        }
    }

    private RealmClient client() {
        return realm.orElseThrow(() -> new ProblemException(Problem.of(404, "Users of this platform do not sign in through Keycloak.")));
    }

    private Response failed(String word) {
        return redirect(settings.console().resolve("/?sign-in=" + word), cookies.noAttempt());
    }

    private static Response redirect(URI address, NewCookie... cookies) {
        return Response.seeOther(address).cookie(cookies).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }
}
