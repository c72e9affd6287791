package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The installed product: libraries of the worker, Open Liberty, the gateway's application, libtorch.
 *
 * @param folder absolute
 */
record Distribution(Path folder) {

    /** The one that the launcher names by the system property {@code altiplano.distribution}. */
    static Distribution ofProcess() {
        String named = System.getProperty("altiplano.distribution");
        if (named == null) {
            throw new CommandFailure("Start the CLI by bin/altiplano: it names the distribution to run.");
        }
        var distribution = new Distribution(Path.of(named).toAbsolutePath().normalize());
        for (Path needed : new Path[] {distribution.worker(), distribution.liberty(), distribution.gateway(),
                distribution.libtorch()}) {
            if (!Files.isDirectory(needed)) {
                throw new CommandFailure("The distribution is incomplete: " + needed + " is missing.");
            }
        }
        return distribution;
    }

    Path worker() {
        return folder.resolve("worker");
    }

    Path liberty() {
        return folder.resolve("wlp");
    }

    Path gateway() {
        return folder.resolve("gateway");
    }

    /** There only where it was asked for: few want a Keycloak of their own. */
    Path keycloak() {
        return folder.resolve("keycloak");
    }

    /** The realm that a Keycloak is to have. */
    Path realm() {
        return folder.resolve("realm").resolve("altiplano-realm.json");
    }

    Path libtorch() {
        return folder.resolve("libtorch");
    }

    String libtorchVersion() {
        try {
            return Files.readString(libtorch().resolve("version")).strip();
        } catch (IOException failure) {
            throw new CommandFailure("The distribution is incomplete: " + libtorch() + "/version is missing.", failure);
        }
    }

    /** The Java that runs this command runs the platform too. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
