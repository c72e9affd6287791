package org.altiplano.platform.sessions.control;

import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.entity.Member;
import org.altiplano.platform.sessions.entity.MemberPage;
import org.altiplano.platform.sessions.entity.MemberWish;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.NewPassword;

/**
 * Knows who is a member of which tenant and with which roles, and changes it; any thread. What is beyond a caller's reach does
 * not exist for it.
 */
public interface MemberDirectory {

    /** A page of the members within the caller's reach, by tenant and name. @param tenant the only one to look at */
    MemberPage list(Caller caller, Optional<String> tenant, Page page);

    /** @throws ProblemException 403 if the caller may not give such a role; 404 if the tenant, 409 if the name is none to be had */
    Member add(Caller caller, MemberWish wish);

    /** Gives a user other roles or another password, which ends its sessions. Empty if there is no such user within reach. */
    Optional<Member> change(Caller caller, String username, Optional<Set<Role>> roles, Optional<NewPassword> password);

    /** With the user's keys and sessions. Empty if there is no such user within the caller's reach. */
    Optional<Member> remove(Caller caller, String username);

    /** Whoever looks after one tenant makes nobody, and is no match for anybody, who looks after all. */
    static void requireRank(Caller caller, Set<Role> roles) {
        if (roles.contains(Role.PLATFORM_ADMIN) && !caller.roles().contains(Role.PLATFORM_ADMIN)) {
            throw new ProblemException(Problem.of(403, "Only a platform administrator may do this to platform administrators."));
        }
    }
}
