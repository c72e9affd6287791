package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayPlanTest {

    @TempDir
    private Path folder;

    private Home home;
    private Distribution distribution;
    private Path server;

    @BeforeEach
    void laysOutADistribution() throws Exception {
        home = new Home(folder.resolve("home"));
        home.create();
        distribution = new Distribution(folder.resolve("distribution"));
        Files.createDirectories(distribution.gateway().resolve("apps"));
        Files.writeString(distribution.gateway().resolve("server.xml"), "<server/>");
        Files.writeString(distribution.gateway().resolve("apps/platform-api.war"), "one");
        server = home.liberty().resolve("servers/gateway");
    }

    @Test
    void theServerIsLaidOutInTheHome() throws Exception {
        LaunchPlan plan = plan();
        assertEquals("one", Files.readString(server.resolve("apps/platform-api.war")));
        assertEquals(home.liberty().toString(), plan.environment().get("WLP_USER_DIR"));
        assertEquals("a,b", plan.environment().get("ALTIPLANO_MODELS"));
    }

    @Test
    void theGatewayIsToldOfAKeycloakOfThePlatformsOwnAndOfNoOther() {
        assertFalse(plan().environment().containsKey("ALTIPLANO_IDENTITY"), "what the environment says stays");
        Ports ports = Ports.fresh("127.0.0.1", 8080).withClusterPort("gateway").withKeycloakPort();
        Map<String, String> environment = GatewayPlan.of(home, distribution, ports, List.of()).environment();
        assertEquals("keycloak", environment.get("ALTIPLANO_IDENTITY"));
        assertEquals("http://127.0.0.1:" + ports.keycloak().orElseThrow() + "/realms/altiplano", environment.get("ALTIPLANO_KEYCLOAK_REALM"));
        assertEquals("http://127.0.0.1:8080", environment.get("ALTIPLANO_CONSOLE_URL"));
    }

    @Test
    void anUnchangedApplicationIsLeftAloneAndAChangedOneReplaced() throws Exception {
        plan();
        Path war = server.resolve("apps/platform-api.war");
        Object before = Files.getAttribute(war, "unix:ctime");
        plan();
        assertEquals(before, Files.getAttribute(war, "unix:ctime"));
        Path source = distribution.gateway().resolve("apps/platform-api.war");
        Files.writeString(source, "two");
        Files.setLastModifiedTime(source, FileTime.fromMillis(1_000_000));
        plan();
        assertEquals("two", Files.readString(war));
        assertNotEquals(before, Files.getAttribute(war, "unix:ctime"));
    }

    @Test
    void libertysCachesOfAChangedApplicationAreDeleted() throws Exception {
        plan();
        Path cache = Files.createDirectories(server.resolve("workarea/cache"));
        plan();
        assertTrue(Files.exists(cache));
        Files.writeString(distribution.gateway().resolve("apps/platform-api.war"), "another");
        plan();
        assertFalse(Files.exists(cache));
    }

    private LaunchPlan plan() {
        return GatewayPlan.of(home, distribution, Ports.fresh("127.0.0.1", 8080).withClusterPort("gateway"),
                List.of("a", "b"));
    }
}
