package org.altiplano.security.web;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.apikey.KeyHasher;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.token.TokenAuthority;
import org.altiplano.security.token.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who is calling, by an API key or an access token in the header {@code Authorization} or by the console's
 * session cookie. Keys and tokens are taken from the header only: an address ends up in logs.
 *
 * <p>Whatever is wrong with a caller's credentials - none, malformed, unknown, revoked, expired, used from a foreign
 * address - the answer of an interface is the same to the byte, so that nobody learns which keys exist.
 */
@ApplicationScoped
public class CallerAuthentication implements HttpAuthenticationMechanism {

    /** The console's session cookie. */
    public static final String SESSION_COOKIE = "altiplano_session";

    private static final Logger LOG = LoggerFactory.getLogger(CallerAuthentication.class);
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String BEARER = "Bearer ";
    private static final Refusal UNAUTHORIZED = new Refusal(HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized",
            "A valid API key is required: send it in the header 'Authorization: Bearer KEY'.", "invalid_request_error", "invalid_api_key");
    private static final Refusal HOMELESS = new Refusal(HttpServletResponse.SC_FORBIDDEN, "Forbidden",
            "The access token must name exactly one organization that the caller is a member of: sign in for one of them.",
            "invalid_request_error", "no_tenant");
    private static final Refusal UNDECIDED = new Refusal(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Service Unavailable",
            "Who is calling cannot be checked at this moment.", "server_error", "authentication_unavailable");
    private static final Refusal FORGED = new Refusal(HttpServletResponse.SC_FORBIDDEN, "Forbidden",
            "A request with a session cookie must carry the header 'X-Requested-With: altiplano'.", "invalid_request_error",
            "csrf_header_missing");

    private final KeyDirectory keys;
    private final SessionDirectory sessions;
    private final TokenAuthority tokens;
    private final KeyHasher hasher;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected CallerAuthentication() {
        this(null, null, null, null, null);
    }

    @Inject
    public CallerAuthentication(KeyDirectory keys, SessionDirectory sessions, TokenAuthority tokens, KeyHasher hasher,
                                InstantSource clock) {
        this.keys = keys;
        this.sessions = sessions;
        this.tokens = tokens;
        this.hasher = hasher;
        this.clock = clock;
    }

    @Override
    public AuthenticationStatus validateRequest(HttpServletRequest request, HttpServletResponse response,
                                                HttpMessageContext context) {
        if (!context.isProtected()) {
            return context.doNothing();
        }
        String authorization = request.getHeader("Authorization");
        Verdict verdict = judge(authorization, request);
        if (verdict instanceof Verdict.Homeless) {
            return refuse(request, response, HOMELESS);
        }
        if (verdict instanceof Verdict.Undecided) {
            response.setHeader("Retry-After", "1");
            return refuse(request, response, UNDECIDED);
        }
        if (!(verdict instanceof Verdict.Known known)) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"altiplano\"");
            return refuse(request, response, UNAUTHORIZED);
        }
        Caller caller = known.caller();
        // A foreign page can make the browser send the cookie, but not this header (OWASP: custom request headers).
        if (caller.origin() == Caller.Origin.SESSION && !SAFE_METHODS.contains(request.getMethod())
                && !"altiplano".equals(request.getHeader("X-Requested-With"))) {
            return refuse(request, response, FORGED);
        }
        return context.notifyContainerAboutLogin(caller, caller.roleWords());
    }

    private Verdict judge(String authorization, HttpServletRequest request) {
        try {
            return authorization == null ? bySession(request) : byHeader(authorization, request.getRemoteAddr());
        } catch (RuntimeException e) {
            // The directories could not be asked: that says nothing against the caller.
            LOG.error("A caller could not be checked: {}", e.toString());
            return new Verdict.Undecided();
        }
    }

    private Verdict byHeader(String authorization, String address) {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return new Verdict.Refused();
        }
        String credentials = authorization.substring(BEARER.length()).strip();
        return credentials.startsWith(ApiKey.PREFIX) ? verdict(byKey(credentials, address)) : tokens.judge(credentials);
    }

    private Optional<Caller> byKey(String text, String address) {
        return ApiKey.parse(text).flatMap(key -> keys.find(key.id()).filter(entry -> hasher.matches(key, entry.hash()))
                .filter(entry -> entry.limits().admits(address, clock.instant())).map(entry -> {
                    keys.used(key.id());
                    if (!hasher.isNewest(entry.hash())) {
                        keys.rehashed(key.id(), entry.hash(), hasher.hash(key));
                    }
                    return entry.caller();
                }));
    }

    private Verdict bySession(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(SESSION_COOKIE)) {
                    return verdict(sessions.find(new SessionToken(cookie.getValue())));
                }
            }
        }
        return new Verdict.Refused();
    }

    private static Verdict verdict(Optional<Caller> caller) {
        return caller.<Verdict>map(Verdict.Known::new).orElseGet(Verdict.Refused::new);
    }

    private static AuthenticationStatus refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal) {
        refusal.tell(request, response);
        return AuthenticationStatus.SEND_FAILURE;
    }
}
