package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKeycloakTest {

    private static final Credentials CREDENTIALS = new Credentials("llmk_x", "admin", "a password");

    @TempDir
    private Path folder;

    private Home home;
    private Distribution distribution;

    @BeforeEach
    void laysOutADistribution() throws Exception {
        home = new Home(folder.resolve("home"));
        home.create();
        distribution = new Distribution(folder.resolve("distribution"));
        Files.createDirectories(distribution.realm().getParent());
        Files.copy(Path.of("../keycloak/altiplano-realm.json"), distribution.realm());
    }

    @Test
    void aDistributionWithoutKeycloakSaysHowToGetIt() {
        assertTrue(assertThrows(CommandFailure.class, () -> LocalKeycloak.require(distribution)).getMessage().contains("has no Keycloak"));
    }

    @Test
    void listensOnLoopbackOnlyAndJoinsNoCluster() {
        LaunchPlan plan = plan();
        assertTrue(plan.command().contains("--http-host=127.0.0.1") && plan.command().contains("--cache=local"), plan.command().toString());
        assertTrue(plan.command().get(0).endsWith("java"), "the process is Keycloak itself, so that it can be ended");
        assertFalse(String.join(" ", plan.command()).contains("a password"), "whoever lists processes sees it");
    }

    @Test
    void theFirstPasswordsAreForTheOwnerAloneAndGoneOnceItHasItsRealm() throws Exception {
        plan();
        Path realm = home.keycloak().resolve("data/import/altiplano-realm.json");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(realm)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.keycloak())));
        new LocalKeycloak(home, distribution, 8180).settle();
        assertFalse(Files.exists(realm));
        plan();
        assertFalse(Files.exists(realm), "it has its realm");
    }

    @Test
    void itsFirstRealmHasTheSecretsTheTenantAndTheAdministrator() throws Exception {
        RealmSecrets secrets = RealmSecrets.readOrCreate(home, new SecureRandom());
        assertEquals(secrets, RealmSecrets.readOrCreate(home, new SecureRandom()));
        JsonNode realm = FirstRealm.of(Json.read(distribution.realm()), CREDENTIALS, secrets, "http://127.0.0.1:9090");
        assertEquals(secrets.console(), client(realm, "console").path("secret").asText());
        assertEquals(secrets.provisioner(), client(realm, "altiplano-provisioner").path("secret").asText());
        assertEquals("http://127.0.0.1:9090/auth/keycloak/logout", client(realm, "console").path("attributes").path("backchannel.logout.url").asText());
        assertEquals("default", realm.at("/organizations/0/id").asText());
        assertEquals("admin", realm.at("/organizations/0/members/0/username").asText());
        assertEquals("a password", realm.at("/users/1/credentials/0/value").asText());
        assertFalse(Files.readString(distribution.realm()).contains("\"secret\""), "what is shipped has none");
    }

    private static JsonNode client(JsonNode realm, String id) {
        return StreamSupport.stream(realm.path("clients").spliterator(), false).filter(client -> client.path("clientId").asText().equals(id))
                .findFirst().orElseThrow();
    }

    private LaunchPlan plan() {
        return new LocalKeycloak(home, distribution, 8180).plan(CREDENTIALS, RealmSecrets.readOrCreate(home, new SecureRandom()),
                "http://127.0.0.1:8080");
    }
}
