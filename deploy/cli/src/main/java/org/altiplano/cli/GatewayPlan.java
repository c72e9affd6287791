package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        // `server run` replaces itself by the JVM: the pid that was started is the gateway's.
        return new LaunchPlan(ManagedProcess.GATEWAY, List.of("sh", distribution.liberty() + "/bin/server", "run",
                SERVER), environment, home.log(ManagedProcess.GATEWAY));
    }

    /**
     * Makes {@code server} hold what {@code gateway} holds: copies what differs in size or time. The times are kept, so
     * that Liberty's caches of an unchanged application stay valid.
     */
    private static void install(Path gateway, Path server) {
        try {
            Files.walkFileTree(gateway, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Path copy = server.resolve(gateway.relativize(file).toString());
                    if (!Files.exists(copy) || Files.size(copy) != attributes.size()
                            || Files.getLastModifiedTime(copy).toMillis() != attributes.lastModifiedTime().toMillis()) {
                        Files.createDirectories(copy.getParent());
                        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING,
                                StandardCopyOption.COPY_ATTRIBUTES);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failure) {
            throw new CommandFailure("The gateway cannot be laid out in " + server + ": " + failure.getMessage(),
                    failure);
        }
    }
}
