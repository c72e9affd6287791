package org.altiplano.platform.provisioning.control;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.control.MemberDirectory;
import org.altiplano.platform.sessions.control.RealmSessions;
import org.altiplano.platform.sessions.entity.Member;
import org.altiplano.platform.sessions.entity.MemberPage;
import org.altiplano.platform.sessions.entity.MemberWish;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.control.OrganizationTenants;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.NewPassword;

/**
 * The members of the realm's organizations. Owns nothing, since Keycloak alone knows them; any thread. A change holds from the
 * next request of a session on, and for an access token once the token is renewed.
 */
public final class RealmMembers implements MemberDirectory {

    private final RealmAdministration realm;
    private final RealmOrganizations organizations;
    private final RealmUsers users;
    private final RealmRoll roll;
    private final Tenants tenants;
    private final OrganizationTenants organizationTenants;
    private final ApiKeys keys;
    private final RealmSessions sessions;

    public RealmMembers(RealmAdministration realm, RealmOrganizations organizations, Tenants tenants, OrganizationTenants organizationTenants,
                        ApiKeys keys, RealmSessions sessions) {
        this.realm = realm;
        this.organizations = organizations;
        this.users = new RealmUsers(realm);
        this.roll = new RealmRoll(realm, organizations, tenants);
        this.tenants = tenants;
        this.organizationTenants = organizationTenants;
        this.keys = keys;
        this.sessions = sessions;
    }

    @Override
    public MemberPage list(Caller caller, Optional<String> tenant, Page page) {
        boolean all = tenant.isEmpty() && caller.reach(Operation.LIST_MEMBERS) == Reach.PLATFORM;
        return all ? roll.page(page) : roll.page(tenant.orElse(caller.tenant()), page);
    }

    @Override
    public Member add(Caller caller, MemberWish wish) {
        boolean exists = tenants.find(wish.tenant()).isPresent() || realm.ask(keycloak -> keycloak.organization(wish.tenant())).isPresent();
        if (!exists || !caller.reaches(Operation.ADD_MEMBER, wish.tenant(), "")) {
            throw new ProblemException(Problem.of(404, "There is no tenant with this id."));
        }
        MemberDirectory.requireRank(caller, wish.roles());
        organizations.provide(wish.tenant()).ifPresent(organization -> tenants.bind(wish.tenant(), organization));
        String organization = organizations.of(wish.tenant());
        JsonObject user = users.begin(wish.username(), wish.tenant(), wish.password());
        String id = user.getString("id");
        realm.have(keycloak -> keycloak.addMember(organization, id));
        give(organization, id, wish.roles());
        users.finish(user, wish.tenant());
        return RealmRoll.member(user, wish.tenant(), wish.roles());
    }

    @Override
    public Optional<Member> change(Caller caller, String username, Optional<Set<Role>> roles, Optional<NewPassword> password) {
        Optional<Known> within = within(caller, Operation.CHANGE_MEMBER, username);
        within.ifPresent(known -> {
            MemberDirectory.requireRank(caller, known.member().roles());
            roles.ifPresent(wanted -> {
                MemberDirectory.requireRank(caller, wanted);
                give(known.organization(), known.id(), wanted);
            });
            password.ifPresent(wanted -> users.password(known.id(), wanted));
            sessions.doubt(known.id());
        });
        return within.map(known -> new Member(username, known.id(), known.member().tenant(), roles.orElse(known.member().roles()), known.member().createdAt()));
    }

    @Override
    public Optional<Member> remove(Caller caller, String username) {
        Optional<Known> within = within(caller, Operation.REMOVE_MEMBER, username);
        within.ifPresent(known -> {
            MemberDirectory.requireRank(caller, known.member().roles());
            users.remove(known.user(), known.member().tenant(), known.organization());
            keys.revokeAll(known.member().tenant(), known.id());
            sessions.doubt(known.id());
        });
        return within.map(Known::member);
    }

    private record Known(JsonObject user, String organization, Member member) {

        String id() {
            return member.owner();
        }
    }

    /** The user of this name, as a member of one tenant that the operation reaches. */
    private Optional<Known> within(Caller caller, Operation operation, String username) {
        return users.find(username).flatMap(user -> {
            String id = user.getString("id");
            List<JsonObject> joined = realm.ask(keycloak -> keycloak.organizationsOf(id)).orElse(JsonValue.EMPTY_JSON_ARRAY).getValuesAs(JsonObject.class);
            if (joined.size() != 1) {
                return Optional.empty();
            }
            String organization = joined.get(0).getString("id");
            return organizationTenants.tenantOf(organization).filter(tenant -> caller.reaches(operation, tenant, id))
                    .map(tenant -> new Known(user, organization, RealmRoll.member(user, tenant, roles(organization, id))));
        });
    }

    private Set<Role> roles(String organization, String user) {
        Map<String, Set<Role>> byGroup = organizations.rolesByGroup(organization);
        Set<Role> roles = EnumSet.noneOf(Role.class);
        groupsOf(organization, user).forEach(group -> roles.addAll(byGroup.getOrDefault(group, Set.of())));
        if (users.isPlatformAdministrator(user)) {
            roles.add(Role.PLATFORM_ADMIN);
        }
        return roles;
    }

    /** First what is to be had, then what is not: whoever fails in between has too much rather than too little, until it is repeated. */
    private void give(String organization, String user, Set<Role> wanted) {
        Map<Role, String> groups = organizations.groups(organization);
        List<String> joined = groupsOf(organization, user);
        groups.forEach((role, group) -> {
            if (wanted.contains(role) && !joined.contains(group)) {
                realm.have(keycloak -> keycloak.join(organization, group, user));
            }
        });
        organizations.rolesByGroup(organization).forEach((group, roles) -> {
            if (joined.contains(group) && !wanted.containsAll(roles)) {
                realm.have(keycloak -> keycloak.leave(organization, group, user));
            }
        });
        users.platformAdministrator(user, wanted.contains(Role.PLATFORM_ADMIN));
    }

    private List<String> groupsOf(String organization, String user) {
        return realm.ask(keycloak -> keycloak.groupsOf(organization, user)).orElse(JsonValue.EMPTY_JSON_ARRAY).getValuesAs(JsonObject.class).stream()
                .map(group -> group.getString("id")).toList();
    }
}
