package org.altiplano.platform.setup.entity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitySettingsTest {

    @Test
    void keepsTheUsersItselfUnlessToldOtherwise() {
        assertEquals(Optional.empty(), IdentitySettings.of(Map.of()).realm());
        assertEquals(Optional.empty(), IdentitySettings.of(Map.of("ALTIPLANO_IDENTITY", "embedded")).realm());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://id.example.org/realms/altiplano", "http://127.0.0.1:8180/realms/altiplano", "http://localhost/auth/realms/x"})
    void findsTheKeysOfARealm(String issuer) {
        IdentitySettings.Realm realm = keycloak(issuer).realm().orElseThrow();
        assertEquals(issuer, realm.issuer());
        assertEquals(issuer + "/protocol/openid-connect/certs", realm.keys().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "id.example.org", "http://id.example.org/realms/altiplano", "https://id.example.org",
            "https://id.example.org/realms/a/", "https://id.example.org/realms/a?x=1", "https://u:p@id.example.org/realms/a",
            "file:///realms/a", "https:///realms/a", "https://id example/realms/a"})
    void refusesWhatIsNoRealmOrNotSafe(String issuer) {
        assertThrows(IllegalStateException.class, () -> keycloak(issuer));
    }

    @Test
    void knowsWhereARealmIsAdministered() {
        assertEquals("https://id.example.org/admin/realms/altiplano",
                keycloak("https://id.example.org/realms/altiplano").realm().orElseThrow().administration().toString());
    }

    @Test
    void takesTheConsolesAddressFromItsSettingsAlone() {
        assertEquals("http://127.0.0.1:8080/auth/keycloak/callback", IdentitySettings.of(Map.of()).redirect().toString());
        assertEquals("http://127.0.0.1:9000/auth/keycloak/callback", IdentitySettings.of(Map.of("ALTIPLANO_HTTP_PORT", "9000")).redirect().toString());
        for (String address : new String[] {"https://altiplano.example.org", "https://altiplano.example.org/"}) {
            assertEquals("https://altiplano.example.org/auth/keycloak/callback",
                    IdentitySettings.of(Map.of("ALTIPLANO_CONSOLE_URL", address)).redirect().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"altiplano.example.org", "http://altiplano.example.org", "https://altiplano.example.org/console", "https://a@b.example.org",
            "https://altiplano.example.org?x", "https://a b"})
    void refusesAnAddressOfTheConsoleThatIsNoneOrNotSafe(String address) {
        assertThrows(IllegalStateException.class, () -> IdentitySettings.of(Map.of("ALTIPLANO_CONSOLE_URL", address)));
    }

    @Test
    void refusesAProviderThatIsNone() {
        assertThrows(IllegalStateException.class, () -> IdentitySettings.of(Map.of("ALTIPLANO_IDENTITY", "ldap")));
    }

    private static IdentitySettings keycloak(String issuer) {
        return IdentitySettings.of(Map.of("ALTIPLANO_IDENTITY", "keycloak", "ALTIPLANO_KEYCLOAK_REALM", issuer));
    }
}
