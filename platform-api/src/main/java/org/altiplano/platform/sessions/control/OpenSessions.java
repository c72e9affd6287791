package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.altiplano.platform.sessions.entity.OpenSession;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.web.SessionDirectory;

/** Knows the console's sessions wherever their users are kept. Owns nothing; any thread. */
@ApplicationScoped
public class OpenSessions implements SessionDirectory {

    private final Sessions own;
    private final RealmSessions realm;

    /** For the container's proxy only. */
    protected OpenSessions() {
        this(null, null);
    }

    @Inject
    public OpenSessions(Sessions own, RealmSessions realm) {
        this.own = own;
        this.realm = realm;
    }

    @Override
    public Optional<Caller> find(SessionToken token) {
        return session(token).map(OpenSession::caller);
    }

    public Optional<OpenSession> session(SessionToken token) {
        return own.find(token).map(caller -> new OpenSession(caller, caller.owner(), IdentityProvider.EMBEDDED))
                .or(() -> realm.find(token).map(known -> new OpenSession(known.caller(), known.name(), IdentityProvider.KEYCLOAK)));
    }

    /** Ends a session in favour of another one of the same browser. The realm is not told: both may rest on one session there. */
    public void replace(SessionToken token) {
        own.close(token);
        realm.forget(token);
    }

    /**
     * Ends a session, if there is one.
     *
     * @return whether nothing is left of it: false if the realm that keeps its user could not be told
     */
    public boolean close(SessionToken token) {
        own.close(token);
        return realm.close(token);
    }
}
