package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.entity.ConsoleSession;
import org.altiplano.platform.sessions.entity.PlatformUser;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.identity.NewPassword;
import org.altiplano.security.identity.PasswordHasher;
import org.altiplano.security.identity.SessionToken;

/** Owns the platform's own users and their sessions in the database; any thread. */
@ApplicationScoped
public class Sessions {

    /** From sign-in to expiry, used or not. */
    public static final Duration LIFE = Duration.ofHours(12);

    private static final int MOST_CHECKS = 4;

    @PersistenceContext(unitName = "platform")
    private EntityManager entities;
    @Inject
    private PasswordHasher passwords;
    @Inject
    private SecureRandom random;
    @Inject
    private IdentityProvider provider;
    @Inject
    private InstantSource clock;
    private final Semaphore checks = new Semaphore(MOST_CHECKS);

    @Transactional
    public Optional<Caller> find(SessionToken token) {
        return Optional.ofNullable(entities.find(ConsoleSession.class, token.digest()))
                .filter(session -> session.expiresAt().isAfter(clock.instant()))
                .flatMap(session -> Optional.ofNullable(entities.find(PlatformUser.class, session.username())))
                .map(PlatformUser::caller).filter(provider::admits);
    }

    /**
     * The user of this name and password, if users sign in here. An unknown name takes as long as a wrong password.
     *
     * @throws ProblemException 429 if too many passwords are being checked already, which each take long on purpose
     */
    @Transactional
    public Optional<PlatformUser> authenticate(String username, String password) {
        if (!checks.tryAcquire()) {
            throw new ProblemException(Problem.busy("Too many sign-ins are under way at this moment."));
        }
        try {
            Optional<PlatformUser> user = Optional.ofNullable(entities.find(PlatformUser.class, username));
            if (user.isEmpty()) {
                passwords.hash(password);
            }
            return user.filter(known -> passwords.matches(password, known.passwordHash()))
                    .filter(known -> provider.admits(known.caller()));
        } finally {
            checks.release();
        }
    }

    @Transactional
    public SessionToken open(PlatformUser user) {
        Instant now = clock.instant();
        entities.createQuery("delete from ConsoleSession s where s.expiresAt < :now").setParameter("now", now).executeUpdate();
        SessionToken token = SessionToken.generate(random);
        entities.persist(new ConsoleSession(token.digest(), user.username(), now, now.plus(LIFE)));
        return token;
    }

    /** Gives a user another password and ends all its sessions but one. @param kept the one that asked for it */
    @Transactional
    public void changePassword(String username, NewPassword password, SessionToken kept) {
        entities.find(PlatformUser.class, username).passwordHash(passwords.hash(password.text()));
        entities.createQuery("delete from ConsoleSession s where s.username = :username and s.tokenDigest <> :kept")
                .setParameter("username", username).setParameter("kept", kept.digest()).executeUpdate();
    }

    /** Ends a session, if there is one. */
    @Transactional
    public void close(SessionToken token) {
        Optional.ofNullable(entities.find(ConsoleSession.class, token.digest())).ifPresent(entities::remove);
    }

    @Transactional
    public void create(String username, String password, String tenant, Set<Role> roles) {
        entities.persist(new PlatformUser(username, tenant, passwords.hash(password), roles, clock.instant()));
    }
}
