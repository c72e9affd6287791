package org.altiplano.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Owns the Keycloak of one home, for trying how it is with one: the distribution's program, the home's data, on loopback only;
 * on the command's thread. At its first start it is given our realm, with one organization and one user.
 */
final class LocalKeycloak {

    private static final List<String> PROGRAM = List.of("lib", "conf", "providers", "themes");
    private static final String REALM = "/realms/altiplano";

    private final Home home;
    private final Distribution distribution;
    private final int port;

    LocalKeycloak(Home home, Distribution distribution, int port) {
        this.home = home;
        this.distribution = distribution;
        this.port = port;
    }

    static String address(int port) {
        return "http://" + Ports.LOOPBACK + ":" + port;
    }

    /** The realm's address, as its tokens spell it. */
    static String realm(int port) {
        return address(port) + REALM;
    }

    /** Fails where the distribution has none, before anything else is begun. */
    static void require(Distribution distribution) {
        if (!Files.exists(distribution.keycloak().resolve("lib/quarkus-run.jar"))) {
            throw new CommandFailure("This distribution has no Keycloak: altiplano up --identity keycloak in a source checkout gets it,"
                    + " or unpack one and run its bin/kc.sh build --db=dev-file, as " + distribution.keycloak() + ".");
        }
    }

    /** Lays out what it runs in and says how it is started. Its program is not a script, so that the process is Keycloak itself. @param gateway its address */
    LaunchPlan plan(Credentials credentials, RealmSecrets secrets, String gateway) {
        try {
            for (Path folder : List.of(home.keycloak(), data(), imports().getParent())) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            for (String part : PROGRAM) {
                link(home.keycloak().resolve(part), distribution.keycloak().resolve(part));
            }
            if (!Files.exists(imported())) {
                ObjectNode realm = FirstRealm.of(Json.read(distribution.realm()), credentials, secrets, gateway);
                PrivateFile.write(imports(), Json.bytes(realm));
            }
        } catch (IOException failure) {
            throw new CommandFailure("Keycloak cannot be laid out in " + home.keycloak() + ": " + failure.getMessage(), failure);
        }
        return new LaunchPlan(ManagedProcess.KEYCLOAK, command(), Map.of("KC_BOOTSTRAP_ADMIN_USERNAME", credentials.adminUser(),
                "KC_BOOTSTRAP_ADMIN_PASSWORD", credentials.adminPassword()), home.log(ManagedProcess.KEYCLOAK));
    }

    boolean isReady() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(realm(port) + "/.well-known/openid-configuration"))
                    .timeout(Duration.ofSeconds(5)).build();
            return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted.");
        }
    }

    /** It has its realm: the file with its first passwords is needed no more. */
    void settle() {
        try {
            if (!Files.exists(imported())) {
                PrivateFile.write(imported(), new byte[0]);
            }
            Files.deleteIfExists(imports());
        } catch (IOException failure) {
            throw new CommandFailure("Cannot delete " + imports() + ": " + failure.getMessage(), failure);
        }
    }

    /** As kc.sh starts it, which stays in front of it and would be what is killed instead. Without a cluster: that would listen on every address. */
    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(Distribution.java().toString(),
                "-Xms64m", "-Xmx512m", "-XX:MaxMetaspaceSize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
                "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US",
                "-Dkc.home.dir=" + home.keycloak(), "-Djboss.server.config.dir=" + home.keycloak().resolve("conf"),
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-Dpicocli.disable.closures=true",
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"));
        for (String opened : List.of("java.util", "java.util.concurrent", "java.security", "java.lang")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", home.keycloak().resolve("lib/quarkus-run.jar").toString(), "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                "start", "--optimized", "--cache=local", "--http-enabled=true", "--http-host=" + Ports.LOOPBACK, "--http-port=" + port,
                "--hostname=" + address(port), "--import-realm"));
        return command;
    }

    private static void link(Path link, Path target) throws IOException {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, target);
    }

    private Path data() {
        return home.keycloak().resolve("data");
    }

    private Path imports() {
        return data().resolve("import").resolve("altiplano-realm.json");
    }

    private Path imported() {
        return home.keycloak().resolve("has-realm");
    }
}
