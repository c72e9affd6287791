package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.entity.Member;
import org.altiplano.platform.sessions.entity.MemberPage;
import org.altiplano.platform.sessions.entity.MemberPosition;
import org.altiplano.platform.sessions.entity.MemberWish;
import org.altiplano.platform.sessions.entity.PlatformUser;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.NewPassword;
import org.altiplano.security.identity.PasswordHasher;

/**
 * Owns who is a member of which tenant and with which roles, of the users that the platform keeps itself; any thread.
 * What is beyond a caller's reach does not exist for it. A change holds from the next request on, in open sessions too.
 */
@ApplicationScoped
@Typed(Members.class)
public class Members implements MemberDirectory {

    @PersistenceContext(unitName = "platform")
    private EntityManager entities;
    @Inject
    private PasswordHasher passwords;
    @Inject
    private ApiKeys keys;
    @Inject
    private SecondFactors factors;
    @Inject
    private InstantSource clock;

    @Override
    @Transactional
    public MemberPage list(Caller caller, Optional<String> asked, Page page) {
        boolean all = asked.isEmpty() && caller.reach(Operation.LIST_MEMBERS) == Reach.PLATFORM;
        MemberPosition after = MemberPosition.of(page.after());
        return MemberPage.first(page.size(), entities.createQuery("select u from PlatformUser u where (:all = true or u.tenant = :tenant)"
                        + " and (u.tenant > :after or u.tenant = :after and u.username > :name) order by u.tenant, u.username", PlatformUser.class)
                .setParameter("all", all).setParameter("tenant", asked.orElse(caller.tenant())).setParameter("after", after.tenant())
                .setParameter("name", after.username()).setMaxResults(page.reads()).getResultList().stream().map(PlatformUser::member).toList());
    }

    @Override
    @Transactional
    public Member add(Caller caller, MemberWish wish) {
        boolean tenant = entities.createQuery("select count(t) from Tenant t where t.id = :id", Long.class)
                .setParameter("id", wish.tenant()).getSingleResult() > 0;
        if (!tenant || !caller.reaches(Operation.ADD_MEMBER, wish.tenant(), "")) {
            throw new ProblemException(Problem.of(404, "There is no tenant with this id."));
        }
        MemberDirectory.requireRank(caller, wish.roles());
        if (entities.find(PlatformUser.class, wish.username()) != null) {
            throw new ProblemException(Problem.of(409, "There is a user with this name already."));
        }
        PlatformUser user = new PlatformUser(wish.username(), wish.tenant(), passwords.hash(wish.password().text()), wish.roles(), clock.instant());
        entities.persist(user);
        return user.member();
    }

    @Override
    @Transactional
    public Optional<Member> change(Caller caller, String username, Optional<Set<Role>> roles, Optional<NewPassword> password) {
        Optional<PlatformUser> within = within(caller, Operation.CHANGE_MEMBER, username);
        within.ifPresent(user -> {
            MemberDirectory.requireRank(caller, user.caller().roles());
            roles.ifPresent(wanted -> {
                MemberDirectory.requireRank(caller, wanted);
                if (!wanted.contains(Role.PLATFORM_ADMIN)) {
                    requireAnotherAdministrator(user);
                }
                user.roles(wanted);
            });
            password.ifPresent(wanted -> {
                user.passwordHash(passwords.hash(wanted.text()));
                endSessions(username);
            });
        });
        return within.map(PlatformUser::member);
    }

    @Override
    @Transactional
    public Optional<Member> remove(Caller caller, String username) {
        Optional<PlatformUser> within = within(caller, Operation.REMOVE_MEMBER, username);
        within.ifPresent(user -> {
            MemberDirectory.requireRank(caller, user.caller().roles());
            requireAnotherAdministrator(user);
            endSessions(username);
            keys.revokeAll(user.caller().tenant(), username);
            entities.remove(user);
        });
        return within.map(PlatformUser::member);
    }

    /** Lets a user who has lost it sign in with the password alone. Empty if there is no such user within the caller's reach. */
    public Optional<PlatformUser> resetSecondFactor(Caller caller, String username) {
        Optional<PlatformUser> within = within(caller, Operation.RESET_SECOND_FACTOR, username);
        within.ifPresent(user -> {
            MemberDirectory.requireRank(caller, user.caller().roles());
            factors.remove(username);
        });
        return within;
    }

    private Optional<PlatformUser> within(Caller caller, Operation operation, String username) {
        return Optional.ofNullable(entities.find(PlatformUser.class, username))
                .filter(user -> caller.reaches(operation, user.caller().tenant(), user.username()));
    }

    /** Of the users kept here one must be able to look after the platform. */
    private void requireAnotherAdministrator(PlatformUser user) {
        if (user.caller().roles().contains(Role.PLATFORM_ADMIN)) {
            // Locked, so that two administrators cannot end each other at the same moment.
            boolean another = entities.createQuery("select u from PlatformUser u where u.roles like :word order by u.username", PlatformUser.class)
                    .setParameter("word", "%" + Role.PLATFORM_ADMIN.word() + "%").setLockMode(LockModeType.PESSIMISTIC_WRITE).getResultList()
                    .stream().anyMatch(other -> !other.username().equals(user.username()) && other.caller().roles().contains(Role.PLATFORM_ADMIN));
            if (!another) {
                throw new ProblemException(Problem.of(409, "This is the last platform administrator."));
            }
        }
    }

    private void endSessions(String username) {
        entities.createQuery("delete from ConsoleSession s where s.username = :username").setParameter("username", username).executeUpdate();
    }
}
