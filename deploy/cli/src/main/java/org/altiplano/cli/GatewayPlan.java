package org.altiplano.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.altiplano.security.identity.IdentityProvider;

/** How the gateway is started: an Open Liberty server in the home, with the distribution's configuration. */
final class GatewayPlan {

    private static final String SERVER = "gateway";

    private GatewayPlan() {
    }

    /** @param models to be served besides those that the database names */
    static LaunchPlan of(Home home, Distribution distribution, Ports ports, List<String> models) {
        install(distribution.gateway(), home.liberty().resolve("servers").resolve(SERVER));
        Map<String, String> environment = new HashMap<>(Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "WLP_USER_DIR", home.liberty().toString(),
                "LOG_DIR", home.logs().toString(),
                "ALTIPLANO_HOME", home.folder().toString(),
                "ALTIPLANO_HTTP_HOST", ports.httpHost(),
                "ALTIPLANO_HTTP_PORT", Integer.toString(ports.httpPort()),
                "ALTIPLANO_MODELS", String.join(",", models)));
        environment.putAll(Map.of(
                "ALTIPLANO_CLUSTER_NAME", ports.clusterName(),
                "ALTIPLANO_CLUSTER_HOST", Ports.LOOPBACK,
                "ALTIPLANO_CLUSTER_PORT", Integer.toString(ports.cluster().get(ManagedProcess.GATEWAY)),
                "ALTIPLANO_CLUSTER_SEEDS", ports.seeds()));
        ports.keycloak().ifPresent(port -> environment.putAll(Map.of(
                "ALTIPLANO_IDENTITY", IdentityProvider.KEYCLOAK.word(),
                "ALTIPLANO_KEYCLOAK_REALM", LocalKeycloak.realm(port),
                "ALTIPLANO_CONSOLE_URL", ports.baseUrl())));
        // `server run` replaces itself by the JVM: the pid that was started is the gateway's.
        return new LaunchPlan(ManagedProcess.GATEWAY, List.of("sh", distribution.liberty() + "/bin/server", "run",
                SERVER), environment, home.log(ManagedProcess.GATEWAY));
    }

    /**
     * Makes {@code server} hold what {@code gateway} holds: copies what differs in size or time. The times are kept, so
     * that Liberty's caches of an unchanged application stay valid; those of a changed one are deleted, since Liberty
     * tells the jars within it by their times only, and a reproducible build gives all of them the same.
     */
    private static void install(Path gateway, Path server) {
        try {
            List<Path> changed;
            try (Stream<Path> files = Files.walk(gateway)) {
                changed = files.filter(Files::isRegularFile)
                        .filter(file -> differs(file, server.resolve(gateway.relativize(file).toString()))).toList();
            }
            if (!changed.isEmpty()) {
                delete(server.resolve("workarea"));
            }
            for (Path file : changed) {
                Path copy = server.resolve(gateway.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException | UncheckedIOException failure) {
            throw new CommandFailure("The gateway cannot be laid out in " + server + ": " + failure.getMessage(),
                    failure);
        }
    }

    private static boolean differs(Path file, Path copy) {
        try {
            return !Files.exists(copy) || Files.size(copy) != Files.size(file)
                    || Files.getLastModifiedTime(copy).toMillis() != Files.getLastModifiedTime(file).toMillis();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> content = Files.walk(folder)) {
                for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
