package org.altiplano.platform.sessions.control;

import jakarta.json.JsonValue;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.sessions.entity.MemberWish;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.NewPassword;

/** Reads the requests of {@code /admin/v1/members}. */
public final class MemberParser {

    private MemberParser() {
    }

    /** @param tenant whose member it is unless the request says otherwise */
    public static MemberWish wish(Fields fields, String tenant) {
        String username = fields.text("username");
        if (!username.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")) {
            throw Fields.problem("username", "'username' must be 1 to 100 letters, digits and . _ @ -, the first a letter or a digit.");
        }
        return new MemberWish(username, fields.optionalText("tenant").orElse(tenant), roles(fields)
                .orElseThrow(() -> Fields.problem("roles", "'roles' is required.")), password(fields, username)
                .orElseThrow(() -> Fields.problem("password", "'password' is required.")));
    }

    /** At least one; empty if there is nothing said of them. */
    public static Optional<Set<Role>> roles(Fields fields) {
        if (!fields.has("roles")) {
            return Optional.empty();
        }
        List<JsonValue> words = fields.array("roles");
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (int i = 0; i < words.size(); i++) {
            String path = "roles[" + i + "]";
            roles.add(Role.of(Fields.text(path, words.get(i))).orElseThrow(() -> Fields.problem(path, "'" + path + "' must be one of "
                    + Stream.of(Role.values()).map(Role::word).collect(Collectors.joining(", ")) + ".")));
        }
        if (roles.isEmpty()) {
            throw Fields.problem("roles", "'roles' must not be empty.");
        }
        return Optional.of(roles);
    }

    /** Empty if there is nothing said of it. */
    public static Optional<NewPassword> password(Fields fields, String username) {
        return fields.optionalText("password").map(text -> NewPassword.of(text, username)
                .orElseThrow(() -> Fields.problem("password", "'password' must have " + NewPassword.SHORTEST + " to " + NewPassword.LONGEST
                        + " characters, four of them different, and must not be the user name.")));
    }
}
