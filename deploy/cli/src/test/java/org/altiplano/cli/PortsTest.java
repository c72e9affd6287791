package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {

    @Test
    void aRestartedProcessKeepsItsPortWhileThatIsFree() {
        Ports first = Ports.fresh("127.0.0.1", 8080).withClusterPort("worker-1");
        assertEquals(first, first.withClusterPort("worker-1"));
    }

    @Test
    void aRestartedProcessGetsAnotherPortWhenItsOwnIsTaken() throws Exception {
        Ports first = Ports.fresh("127.0.0.1", 8080).withClusterPort("worker-1");
        int port = first.cluster().get("worker-1");
        try (var taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertFalse(Ports.isFree("127.0.0.1", taken.getLocalPort()));
            assertNotEquals(port, first.withClusterPort("worker-1").cluster().get("worker-1"));
        }
        assertTrue(Ports.isFree("127.0.0.1", port));
    }

    @Test
    void allMembersAreSeeds() {
        Ports ports = Ports.fresh("127.0.0.1", 8080).withClusterPort("worker-1").withClusterPort("gateway");
        for (int port : ports.cluster().values()) {
            assertTrue(ports.seeds().contains("127.0.0.1:" + port), ports.seeds());
        }
    }

    @Test
    void portsAreReadAsTheyWereWritten(@TempDir Path folder) {
        Home home = new Home(folder);
        home.create();
        Ports ports = Ports.fresh("127.0.0.1", 18080).withClusterPort("worker-1");
        ports.write(home);
        assertEquals(ports, Ports.read(home).orElseThrow());
    }

    @Test
    void aKeycloakOfThePlatformsOwnIsRememberedAndIsNoMemberOfTheCluster(@TempDir Path folder) {
        Home home = new Home(folder);
        home.create();
        Ports ports = Ports.fresh("127.0.0.1", 18080).withKeycloakPort();
        ports.write(home);
        assertEquals(ports, Ports.read(home).orElseThrow());
        assertEquals(ports.keycloak(), ports.withKeycloakPort().keycloak());
        assertEquals("", ports.seeds());
        assertTrue(ports.withoutKeycloak().keycloak().isEmpty());
    }

    @Test
    void aDamagedFileIsNamed(@TempDir Path folder) throws Exception {
        Home home = new Home(folder);
        home.create();
        Files.writeString(home.run().resolve("ports.json"), "{\"clusterName\":");
        assertTrue(assertThrows(CommandFailure.class, () -> Ports.read(home)).getMessage().contains("ports.json"));
    }

    @Test
    void aGatewayOnAllInterfacesIsReachedByLoopback() {
        assertEquals("http://127.0.0.1:80", Ports.fresh("0.0.0.0", 80).baseUrl());
        assertEquals("http://127.0.0.1:80", Ports.fresh("::", 80).baseUrl());
        assertEquals("http://[::1]:80", Ports.fresh("::1", 80).baseUrl());
    }

    @Test
    void aGatewayThatEndedByItselfComesBackWhereItWas() {
        int free = Ports.anyFree("127.0.0.1");
        Ports before = Ports.fresh("127.0.0.1", free);
        assertEquals(before, before.forGateway(Optional.empty(), OptionalInt.empty(), true));
        int other = Ports.anyFree("127.0.0.1");
        assertEquals("http://127.0.0.1:" + other,
                before.forGateway(Optional.empty(), OptionalInt.of(other), true).baseUrl());
    }

    @Test
    void choosesPortsThatNoConnectionIsGivenMeanwhile() {
        for (int i = 0; i < 50; i++) {
            int port = Ports.anyFree("127.0.0.1");
            assertTrue(port < 32_768 && Ports.isFree("127.0.0.1", port), "port " + port);
        }
    }

    @Test
    void aTakenHttpPortIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ports before = Ports.fresh("127.0.0.1", 8080);
            CommandFailure refused = assertThrows(CommandFailure.class, () ->
                    before.forGateway(Optional.empty(), OptionalInt.of(taken.getLocalPort()), false));
            assertTrue(refused.getMessage().startsWith("Port " + taken.getLocalPort() + " of 127.0.0.1 is taken"),
                    refused.getMessage());
        }
    }
}
