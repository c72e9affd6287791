package org.altiplano.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * By which the gateway proves itself to the home's own Keycloak; kept in files of {@code secrets/} that the gateway reads.
 *
 * @param console for signing people in
 * @param provisioner for looking after organizations and users
 */
record RealmSecrets(String console, String provisioner) {

    private static final int BYTES = 32;

    /** @param random a cryptographically strong source */
    static RealmSecrets readOrCreate(Home home, SecureRandom random) {
        return new RealmSecrets(readOrCreate(home.consoleSecret(), random), readOrCreate(home.provisionerSecret(), random));
    }

    private static String readOrCreate(Path file, SecureRandom random) {
        if (!Files.exists(file)) {
            byte[] secret = new byte[BYTES];
            random.nextBytes(secret);
            PrivateFile.write(file, Base64.getUrlEncoder().withoutPadding().encode(secret));
        }
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException failure) {
            throw new CommandFailure("Cannot read " + file + ": " + failure.getMessage(), failure);
        }
    }

    @Override
    public String toString() {
        return "RealmSecrets[...]";
    }
}
