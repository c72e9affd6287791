package org.altiplano.platform.sessions.boundary;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.NewCookie;
import org.altiplano.platform.sessions.control.Sessions;
import org.altiplano.platform.setup.entity.IdentitySettings;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.web.CallerAuthentication;

/** Makes the cookies of sign-ins, none of which a script can read. Owns nothing; any thread. */
@ApplicationScoped
public class SessionCookies {

    /** Binds the realm's answer to the browser that began the sign-in. */
    static final String ATTEMPT = "altiplano_sign_in";

    private static final String ATTEMPT_PATH = "/auth/keycloak";
    /** As long as Keycloak lets somebody look at its page. */
    private static final int ATTEMPT_SECONDS = 1_800;

    @Inject
    private IdentitySettings settings;

    NewCookie session(SessionToken token) {
        return cookie(CallerAuthentication.SESSION_COOKIE, token.text(), "/", (int) Sessions.LIFE.toSeconds(), NewCookie.SameSite.STRICT);
    }

    NewCookie noSession() {
        return cookie(CallerAuthentication.SESSION_COOKIE, "", "/", 0, NewCookie.SameSite.STRICT);
    }

    /** Lax: it must come back with a navigation that the realm's page began. */
    NewCookie attempt(String value) {
        return cookie(ATTEMPT, value, ATTEMPT_PATH, ATTEMPT_SECONDS, NewCookie.SameSite.LAX);
    }

    NewCookie noAttempt() {
        return cookie(ATTEMPT, "", ATTEMPT_PATH, 0, NewCookie.SameSite.LAX);
    }

    /** Behind a proxy that ends TLS no request looks secure; what browsers know the console by does. */
    private NewCookie cookie(String name, String value, String path, int seconds, NewCookie.SameSite sameSite) {
        return new NewCookie.Builder(name).value(value).path(path).maxAge(seconds).httpOnly(true)
                .secure("https".equals(settings.console().getScheme())).sameSite(sameSite).build();
    }
}
