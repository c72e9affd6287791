package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.altiplano.platform.sessions.entity.RealmSession;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.signin.Grant;
import org.altiplano.security.signin.RealmGrants;
import org.altiplano.security.signin.SessionSeal;
import org.altiplano.security.token.EndedSession;

/**
 * Looks after the console's sessions of users whom a Keycloak realm keeps; owns nothing, any thread. The realm is asked every
 * few minutes, as long as its access tokens live, whether a session goes on and with which roles: one thread of one gateway
 * asks, all others go on meanwhile. Where it says by itself that one has ended, that is over at all
 * gateways at once. While the realm does not answer, a session goes on until it would have ended there.
 */
@ApplicationScoped
public class RealmSessions {

    /** A session ends for good after this, however long the realm would let it go on. */
    private static final Duration LIFE = Sessions.LIFE;
    /** Longer than asking the realm can take. Then another may ask. */
    private static final Duration ASKING = Duration.ofSeconds(15);

    private final RealmSessionTable table;
    private final Optional<RealmGrants> realm;
    private final SessionSeal seal;
    private final SecureRandom random;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected RealmSessions() {
        this(null, null, null, null);
    }

    @Inject
    public RealmSessions(RealmSessionTable table, Optional<RealmGrants> realm, SecureRandom random, InstantSource clock) {
        this.table = table;
        this.realm = realm;
        this.seal = new SessionSeal(random);
        this.random = random;
        this.clock = clock;
    }

    public Optional<RealmSession> find(SessionToken token) {
        if (realm.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<RealmSession> known = table.find(token.digest()).filter(session -> session.endsAt().isAfter(now));
        // In milliseconds, which every database keeps as they are.
        Instant postponed = now.truncatedTo(ChronoUnit.MILLIS).plus(ASKING);
        if (known.isEmpty() || now.isBefore(known.get().renewAt()) || !table.postpone(known.get(), postponed)) {
            return known;
        }
        return renewed(known.get(), token, postponed);
    }

    /** Begins a session, always under a new token. */
    public SessionToken open(Grant.Given grant) {
        SessionToken token = SessionToken.generate(random);
        table.insert(session(token, clock.instant(), grant), clock.instant());
        return token;
    }

    /**
     * Ends a session here and at the realm, if there is one.
     *
     * @return whether nothing is left of it: false if the realm could not be told
     */
    public boolean close(SessionToken token) {
        Optional<RealmSession> known = table.find(token.digest());
        known.ifPresent(session -> table.delete(session.digest()));
        return known.flatMap(session -> seal.open(session.sealedToken(), token))
                .flatMap(refreshToken -> realm.map(client -> client.signOut(refreshToken))).orElse(true);
    }

    /** Ends a session here only. */
    public void forget(SessionToken token) {
        table.delete(token.digest());
    }

    /** Has the realm asked anew about all sessions of a user, since something about it was changed there. */
    public void doubt(String subject) {
        table.doubt(subject, clock.instant());
    }

    /** The realm says that it has ended a session, or all of a user. @return what has ended here, nothing if it has said so before */
    public List<RealmSession> end(EndedSession ended) {
        return table.end(ended, clock.instant());
    }

    private Optional<RealmSession> renewed(RealmSession known, SessionToken token, Instant postponed) {
        Grant grant = seal.open(known.sealedToken(), token).flatMap(refreshToken -> realm.map(client -> client.renew(refreshToken)))
                .orElseGet(Grant.Refused::new);
        if (grant instanceof Grant.Unavailable) {
            return Optional.of(known);
        }
        if (grant instanceof Grant.Given given && given.caller().owner().equals(known.caller().owner())) {
            RealmSession renewed = session(token, known.createdAt(), given);
            // Signed out meanwhile: then there is nothing to go on with.
            return table.update(renewed, postponed) ? Optional.of(renewed) : Optional.empty();
        }
        table.delete(known.digest());
        return Optional.empty();
    }

    private RealmSession session(SessionToken token, Instant begun, Grant.Given grant) {
        Instant last = begun.plus(LIFE);
        return new RealmSession(token.digest(), grant.caller(), grant.name(), grant.session(), seal.seal(grant.refreshToken(), token), begun,
                grant.until(), grant.ends().isBefore(last) ? grant.ends() : last);
    }
}
