package org.altiplano.platform.provisioning.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.NewPassword;

/**
 * Makes and removes users of the realm. Owns nothing; any thread. A user is made with the mark of its tenant, which says
 * until the end that it is not finished: only such a one is gone on with, and only one with the mark is ever deleted or
 * given to a tenant. Otherwise whoever looks after a tenant could take any user of the realm by its name.
 */
final class RealmUsers {

    private static final String MARK = "altiplano-tenant";
    private static final int PAGE = 100;
    private static final String UNFINISHED = "unfinished:";

    private final RealmAdministration realm;

    RealmUsers(RealmAdministration realm) {
        this.realm = realm;
    }

    /** With its attributes. Keycloak's user names are in lower case. */
    Optional<JsonObject> find(String username) {
        String wanted = username.toLowerCase(Locale.ROOT);
        return realm.ask(keycloak -> keycloak.users(wanted, true)).orElse(JsonValue.EMPTY_JSON_ARRAY).getValuesAs(JsonObject.class).stream()
                .filter(user -> user.getString("username").equals(wanted)).findFirst();
    }

    /** A new user, or one that was begun before and not finished. @throws ProblemException 409 if the name is somebody's */
    JsonObject begin(String username, String tenant, NewPassword password) {
        Optional<JsonObject> known = find(username);
        if (known.isEmpty()) {
            realm.have(keycloak -> keycloak.createUser(Json.object().add("username", username).add("enabled", true).add("attributes", mark(UNFINISHED + tenant))
                    .add("credentials", Json.array().add(temporary(password))).build()).close());
            known = find(username);
        } else if (isMarked(known.get(), UNFINISHED + tenant)) {
            password(known.get().getString("id"), password);
        }
        return known.filter(user -> isMarked(user, UNFINISHED + tenant)).orElseThrow(() ->
                new ProblemException(Problem.of(409, "There is a user with this name already.")));
    }

    void finish(JsonObject user, String tenant) {
        JsonObjectBuilder finished = Json.object();
        user.forEach(finished::add);
        finished.add("attributes", mark(tenant));
        realm.have(keycloak -> keycloak.changeUser(user.getString("id"), finished.build()));
    }

    /** To be changed by the user at the next sign-in, since somebody else knows it. Ends the user's sessions. */
    void password(String user, NewPassword password) {
        realm.have(keycloak -> keycloak.resetPassword(user, temporary(password)));
        realm.have(keycloak -> keycloak.signOut(user));
    }

    /** Deletes a user whom the platform has made for this tenant; anybody else only leaves the organization. */
    void remove(JsonObject user, String tenant, String organization) {
        String id = user.getString("id");
        if (isMarked(user, tenant) || isMarked(user, UNFINISHED + tenant)) {
            realm.have(keycloak -> keycloak.deleteUser(id));
        } else {
            realm.have(keycloak -> keycloak.removeMember(organization, id));
        }
    }

    /** Deletes all users whom the platform has made for a tenant. */
    void removeAll(String tenant) {
        List<JsonObject> made;
        do {
            made = realm.ask(keycloak -> keycloak.usersWith(MARK + ":" + tenant, PAGE)).orElse(JsonValue.EMPTY_JSON_ARRAY)
                    .getValuesAs(JsonObject.class).stream().filter(user -> isMarked(user, tenant)).toList();
            made.forEach(user -> realm.have(keycloak -> keycloak.deleteUser(user.getString("id"))));
        } while (!made.isEmpty());
    }

    boolean isPlatformAdministrator(String user) {
        return !platformAdministrator(realm.ask(keycloak -> keycloak.realmRoles(user))).isEmpty();
    }

    void platformAdministrator(String user, boolean wanted) {
        if (wanted != isPlatformAdministrator(user)) {
            if (wanted) {
                JsonArray role = platformAdministrator(realm.ask(keycloak -> keycloak.realmRolesToGive(user)));
                realm.have(keycloak -> keycloak.giveRealmRoles(user, role));
            } else {
                JsonArray role = platformAdministrator(realm.ask(keycloak -> keycloak.realmRoles(user)));
                realm.have(keycloak -> keycloak.takeRealmRoles(user, role));
            }
        }
    }

    private static JsonArray platformAdministrator(Optional<JsonArray> roles) {
        var found = Json.array();
        roles.orElse(JsonValue.EMPTY_JSON_ARRAY).getValuesAs(JsonObject.class).stream()
                .filter(role -> role.getString("name").equals(Role.PLATFORM_ADMIN.word())).forEach(found::add);
        return found.build();
    }

    private static JsonObject temporary(NewPassword password) {
        return Json.object().add("type", "password").add("value", password.text()).add("temporary", true).build();
    }

    private static JsonObject mark(String value) {
        return Json.object().add(MARK, Json.array().add(value)).build();
    }

    private static boolean isMarked(JsonObject user, String value) {
        return Optional.ofNullable(user.getJsonObject("attributes")).map(attributes -> attributes.getJsonArray(MARK))
                .filter(values -> values.size() == 1 && values.getString(0).equals(value)).isPresent();
    }
}
