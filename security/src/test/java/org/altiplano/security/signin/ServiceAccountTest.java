package org.altiplano.security.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceAccountTest {

    private final ScriptedRealm realm = new ScriptedRealm();
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private final ServiceAccount account = new ServiceAccount(realm.issuer(), "altiplano-provisioner", "a secret", () -> now);

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void keepsItsTokenUntilShortlyBeforeItsEnd() throws Exception {
        tells("first");
        assertEquals("first", account.token());
        assertTrue(realm.asked.get(0).endsWith("grant_type=client_credentials"), realm.asked.toString());
        tells("second");
        now = now.plusSeconds(269);
        assertEquals("first", account.token());
        now = now.plusSeconds(2);
        assertEquals("second", account.token());
    }

    @Test
    void tellsARealmThatRefusesItFromOneThatIsAway() {
        realm.status = 401;
        realm.answer = "{\"error\":\"unauthorized_client\"}";
        assertThrows(ServiceAccount.Unwelcome.class, account::token);
        realm.close();
        assertFalse(assertThrows(IOException.class, account::token) instanceof ServiceAccount.Unwelcome);
    }

    private void tells(String token) {
        realm.answer = "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":300}";
    }
}
