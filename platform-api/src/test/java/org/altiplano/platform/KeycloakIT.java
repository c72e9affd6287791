package org.altiplano.platform;

import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The real application beside a real Keycloak with the realm that we ship. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakIT {

    private static Gateway gateway;
    private static Keycloak keycloak;

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("keycloak.war");
    }

    @BeforeEach
    void start() {
        if (gateway == null) {
            keycloak = Keycloak.start();
            gateway = new Gateway("worker-4");
        }
    }

    @AfterAll
    static void close() {
        keycloak.close();
        gateway.close();
    }

    @Test
    @Order(1)
    void aMemberActsForItsOrganizationWithTheRolesThatThisGivesIt() {
        String alice = access("alice");
        assertEquals(200, status("/v1/models", alice));
        assertEquals(403, status("/admin/v1/workers", alice));
        JsonObject key = json(send(bearer("/admin/v1/api-keys", alice).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))).body());
        assertTrue(key.getString("tenant").matches("[0-9a-f-]{36}"), "the organization's id, not its alias: " + key);
        String bob = access("bob");
        assertEquals(404, send(bearer("/admin/v1/api-keys/" + key.getString("id"), bob).DELETE()).statusCode());
        assertEquals(204, send(bearer("/admin/v1/api-keys/" + key.getString("id"), alice).DELETE()).statusCode());
    }

    @Test
    @Order(1)
    void onlyTheRealmMakesAPlatformAdministrator() {
        assertEquals(200, status("/admin/v1/workers", access("root")));
        assertEquals(403, status("/v1/models", access("root")));
    }

    @Test
    @Order(1)
    void whoeverIsInTwoOrganizationsOrInNoneHasNoTenant() {
        for (String user : new String[] {"carol", "dave"}) {
            HttpResponse<String> answer = send(bearer("/v1/models", access(user)));
            assertEquals(403, answer.statusCode());
            assertEquals("no_tenant", json(answer.body()).getJsonObject("error").getString("code"));
        }
    }

    @Test
    @Order(1)
    void takesNoTokenThatWasMadeForSomethingElse() {
        JsonObject tokens = Keycloak.signIn("alice");
        assertEquals(401, status("/v1/models", tokens.getString("id_token")));
        assertEquals(401, status("/v1/models", tokens.getString("refresh_token")));
        assertEquals(401, status("/v1/models", Keycloak.administrator()));
    }

    @Test
    @Order(2)
    void aNewKeyOfTheRealmWorksAtOnceAndTheOldOneGoesOnWorking() throws InterruptedException {
        String old = access("alice");
        Keycloak.rotateKeys();
        String renewed = access("alice");
        assertNotEquals(header(old), header(renewed));
        // The keys may have been fetched for another test within this second.
        Thread.sleep(1_000);
        assertEquals(200, status("/v1/models", renewed));
        assertEquals(200, status("/v1/models", old));
    }

    @Test
    @Order(3)
    void whoeverHasSignedInGoesOnWorkingWithoutKeycloak() {
        String alice = access("alice");
        assertEquals(200, status("/v1/models", alice));
        keycloak.close();
        assertEquals(200, status("/v1/models", alice));
    }

    private static String header(String token) {
        return token.substring(0, token.indexOf('.'));
    }

    private static String access(String user) {
        return Keycloak.signIn(user).getString("access_token");
    }

    private static int status(String path, String token) {
        return send(bearer(path, token)).statusCode();
    }

    private static HttpRequest.Builder bearer(String path, String token) {
        return plain(path).header("Authorization", "Bearer " + token);
    }
}
