package org.altiplano.platform.provisioning.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.sessions.entity.Member;
import org.altiplano.platform.sessions.entity.MemberPage;
import org.altiplano.platform.sessions.entity.MemberPosition;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.security.access.Role;

/** Reads page by page who is a member of which tenant's organization, and with which roles. Owns nothing; any thread. */
final class RealmRoll {

    private static final int PAGE = 200;
    /** Keycloak says of no user what the platform asks, so that each tenant takes some questions: a page asks about so many. */
    private static final int MOST_TENANTS = 20;

    private final RealmAdministration realm;
    private final RealmOrganizations organizations;
    private final Tenants tenants;

    RealmRoll(RealmAdministration realm, RealmOrganizations organizations, Tenants tenants) {
        this.realm = realm;
        this.organizations = organizations;
        this.tenants = tenants;
    }

    /** Of all tenants. */
    MemberPage page(Page page) {
        return page(from(MemberPosition.of(page.after()).tenant()), page);
    }

    /** Of one tenant. */
    MemberPage page(String tenant, Page page) {
        return page(List.of(tenant), page);
    }

    private MemberPage page(List<String> asked, Page page) {
        MemberPosition after = MemberPosition.of(page.after());
        List<Member> found = new ArrayList<>();
        int looked = 0;
        while (looked < asked.size() && looked < MOST_TENANTS && found.size() <= page.size()) {
            members(asked.get(looked++)).stream().filter(after::isBefore).sorted(Comparator.comparing(Member::username)).forEach(found::add);
        }
        if (found.size() <= page.size() && looked < asked.size()) {
            return new MemberPage(found, Optional.of(MemberPosition.endOf(asked.get(looked - 1))));
        }
        return MemberPage.first(page.size(), found);
    }

    private List<Member> members(String tenant) {
        String organization = organizations.of(tenant);
        Map<String, Set<Role>> roles = new HashMap<>();
        organizations.rolesByGroup(organization).forEach((group, given) -> {
            if (!given.isEmpty()) {
                pages(first -> realm.ask(keycloak -> keycloak.groupMembers(organization, group, first, PAGE)).orElse(JsonValue.EMPTY_JSON_ARRAY))
                        .forEach(user -> roles.computeIfAbsent(user.getString("id"), none -> EnumSet.noneOf(Role.class)).addAll(given));
            }
        });
        return pages(first -> realm.ask(keycloak -> keycloak.members(organization, first, PAGE)).orElse(JsonValue.EMPTY_JSON_ARRAY)).stream()
                .map(user -> member(user, tenant, roles.getOrDefault(user.getString("id"), Set.of()))).toList();
    }

    /** The tenant and those after it, one more than are looked at at once. */
    private List<String> from(String tenant) {
        return Stream.concat(Stream.of(tenant).filter(one -> !one.isEmpty()), tenants.page(tenant, MOST_TENANTS + 1).stream().map(TenantAccount::id))
                .toList();
    }

    private static List<JsonObject> pages(IntFunction<JsonArray> read) {
        List<JsonObject> all = new ArrayList<>();
        int size;
        do {
            List<JsonObject> page = read.apply(all.size()).getValuesAs(JsonObject.class);
            all.addAll(page);
            size = page.size();
        } while (size == PAGE);
        return all;
    }

    static Member member(JsonObject user, String tenant, Set<Role> roles) {
        Instant created = user.containsKey("createdTimestamp") ? Instant.ofEpochMilli(user.getJsonNumber("createdTimestamp").longValue()) : Instant.EPOCH;
        return new Member(user.getString("username"), user.getString("id"), tenant, roles, created);
    }
}
