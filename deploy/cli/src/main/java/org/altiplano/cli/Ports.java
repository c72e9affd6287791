package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * The addresses of one platform; kept in {@code run/ports.json} so that a part that is started again finds the others.
 *
 * @param clusterName unique, so that two platforms of one machine never join
 * @param httpHost where the gateway listens
 * @param httpPort where the gateway listens
 * @param cluster ports of the cluster members on loopback, by process name
 * @param keycloak where the platform's own Keycloak listens on loopback, if it has one
 */
record Ports(String clusterName, String httpHost, int httpPort, Map<String, Integer> cluster, Optional<Integer> keycloak) {

    static final String LOOPBACK = "127.0.0.1";

    /** Where a gateway listens unless told otherwise. */
    static final int HTTP = 8080;
    private static final int KEYCLOAK = 8180;
    private static final int FIRST_OF_ANY = 20_000;
    /** Of those that Linux hands out by itself. */
    private static final int FIRST_OF_THE_SYSTEM = 32_768;
    private static final int ATTEMPTS = 100;

    Ports {
        cluster = Map.copyOf(cluster);
    }

    static Ports fresh(String httpHost, int httpPort) {
        return new Ports("altiplano-" + UUID.randomUUID(), httpHost, httpPort, Map.of(), Optional.empty());
    }

    /**
     * With the address of a gateway that is to be started: what is asked for, else what it had if it is started again
     * after it ended by itself, else the default.
     *
     * @param port 0: any free one
     */
    Ports forGateway(Optional<String> wishedHost, OptionalInt wishedPort, boolean again) {
        String host = wishedHost.orElse(again ? httpHost : LOOPBACK);
        int port = wishedPort.orElse(again ? httpPort : HTTP);
        if (port == 0) {
            port = anyFree(host);
        } else if (!isFree(host, port)) {
            throw new CommandFailure("Port " + port + " of " + host + " is taken by another program: end that, or"
                    + " choose another port with --http-port.");
        }
        return new Ports(clusterName, host, port, cluster, keycloak);
    }

    /** Gives a process that is to be started its cluster port: the one it had if that is free, else another. */
    Ports withClusterPort(String process) {
        Integer old = cluster.get(process);
        Map<String, Integer> ports = new TreeMap<>(cluster);
        ports.put(process, old != null && isFree(LOOPBACK, old) ? old : anyFree(LOOPBACK));
        return new Ports(clusterName, httpHost, httpPort, ports, keycloak);
    }

    /** With a port for a Keycloak that is to be started: the one it had if that is free, else the default or another. */
    Ports withKeycloakPort() {
        int port = keycloak.orElse(KEYCLOAK);
        return new Ports(clusterName, httpHost, httpPort, cluster, Optional.of(isFree(LOOPBACK, port) ? port : anyFree(LOOPBACK)));
    }

    Ports withoutKeycloak() {
        return new Ports(clusterName, httpHost, httpPort, cluster, Optional.empty());
    }

    /** Where a new member looks for the others: {@code host:port,host:port}. */
    String seeds() {
        return cluster.values().stream().sorted().map(port -> LOOPBACK + ":" + port).collect(Collectors.joining(","));
    }

    /** Where clients of this machine reach the gateway. */
    String baseUrl() {
        String host = Set.of("0.0.0.0", "::", "*").contains(httpHost) ? LOOPBACK : httpHost;
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + httpPort;
    }

    void write(Home home) {
        ObjectNode json = Json.object().put("clusterName", clusterName).put("httpHost", httpHost)
                .put("httpPort", httpPort);
        ObjectNode members = json.putObject("cluster");
        new TreeMap<>(cluster).forEach(members::put);
        keycloak.ifPresent(port -> json.put("keycloakPort", port));
        PrivateFile.write(file(home), Json.bytes(json));
    }

    static Optional<Ports> read(Home home) {
        if (!Files.exists(file(home))) {
            return Optional.empty();
        }
        try {
            JsonNode json = Json.read(file(home));
            Map<String, Integer> cluster = new TreeMap<>();
            json.required("cluster").properties().forEach(
                    member -> cluster.put(member.getKey(), member.getValue().asInt()));
            return Optional.of(new Ports(json.required("clusterName").asText(), json.required("httpHost").asText(),
                    json.required("httpPort").asInt(), cluster, Optional.ofNullable(json.get("keycloakPort")).map(JsonNode::asInt)));
        } catch (IOException | RuntimeException unreadable) {
            throw new CommandFailure("Cannot read " + file(home) + " (" + unreadable.getMessage()
                    + "): delete it while Altiplano is down.", unreadable);
        }
    }

    private static Path file(Home home) {
        return home.run().resolve("ports.json");
    }

    /** Whether this machine can listen there now. */
    static boolean isFree(String host, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address(host, port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** A port that is free and, where there is one, none that the system could give to a connection before it is listened on. */
    static int anyFree(String host) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_OF_ANY, FIRST_OF_THE_SYSTEM);
            if (isFree(host, port)) {
                return port;
            }
        }
        try (var socket = new ServerSocket()) {
            socket.bind(address(host, 0));
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new CommandFailure("Cannot listen on " + host + ": " + none.getMessage(), none);
        }
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        return host.equals("*") ? new InetSocketAddress(port)
                : new InetSocketAddress(InetAddress.getByName(host), port);
    }
}
