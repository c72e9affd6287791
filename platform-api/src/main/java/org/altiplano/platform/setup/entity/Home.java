package org.altiplano.platform.setup.entity;

import java.nio.file.Path;
import java.util.Map;

/** The folder that an installation lives in. @param path of the folder */
public record Home(Path path) {

    /** {@code ALTIPLANO_HOME}, else {@code .altiplano} in the user's home. */
    public static Home of(Map<String, String> environment) {
        String named = environment.getOrDefault("ALTIPLANO_HOME", "").strip();
        return new Home(named.isEmpty() ? Path.of(System.getProperty("user.home"), ".altiplano") : Path.of(named));
    }

    /** What may be here and not in the environment. */
    public Path secrets() {
        return path.resolve("secrets");
    }

    /** What was written of the database, until it is taken. */
    public Path backups() {
        return path.resolve("backups");
    }

    /** By which the console's client proves itself to the Keycloak realm. */
    public Path consoleSecret() {
        return path.resolve("secrets").resolve("keycloak-console");
    }

    /** By which the gateway may look after the Keycloak realm's organizations and users; absent: it may not. */
    public Path provisionerSecret() {
        return path.resolve("secrets").resolve("keycloak-provisioner");
    }

    /** The first key and the first user, which the command line tool made. */
    public Path credentials() {
        return path.resolve("credentials.json");
    }
}
