package org.altiplano.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** Owns the second factor of the scripted gateway's one user, whose authenticator always shows the same code. Safe for any thread. */
final class ScriptedSecondFactor {

    static final String CODE = "123456";
    static final String URI = "otpauth://totp/Altiplano%3Aadmin?secret=ABCDEFGH234567";
    static final String RECOVERY_CODE = "abcd-efgh-2345-wxyz";

    private boolean on;

    /** What the gateway answers. */
    record Answer(int status, Object body) {
    }

    /** Of a sign-in with the right password. @param code empty if none came */
    synchronized Answer signIn(String code, Object user) {
        if (!on || code.equals(CODE)) return new Answer(200, user);
        return code.isEmpty() ? error(401, "A code is required.", "second_factor_required") : error(401, "Wrong.", "");
    }

    synchronized Answer call(String method, String path, JsonNode form) {
        if (method.equals("GET")) return new Answer(200, Map.of("enabled", on));
        if (path.endsWith("/confirm") || path.endsWith("/remove")) {
            if (!form.path("code").asText().equals(CODE)) return error(400, "The code is wrong, or its time is over.", "invalid_value");
            on = path.endsWith("/confirm");
            return new Answer(200, on ? Map.of("recoveryCodes", List.of(RECOVERY_CODE)) : Map.of());
        }
        return form.path("currentPassword").asText().equals(ScriptedGateway.PASSWORD)
                ? new Answer(200, Map.of("secret", "ABCDEFGH234567", "uri", URI))
                : error(400, "The current password is wrong.", "invalid_value");
    }

    private static Answer error(int status, String message, String code) {
        return new Answer(status, Map.of("error", Map.of("message", message, "type", "error", "code", code)));
    }
}
