package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Base64;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.secrets.MacKey;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;

/**
 * What the owner of a home signs in with; kept in {@code credentials.json}, which only the owner may read. The gateway
 * keeps hashes only.
 *
 * @param apiKey for {@code /v1}
 * @param adminUser for the console and {@code /admin}
 * @param adminPassword of that user
 */
record Credentials(String apiKey, String adminUser, String adminPassword) {

    private static final String ENVIRONMENT = "local";
    private static final int PASSWORD_BYTES = 15;

    /**
     * Reads a home's credentials, or makes them together with the installation's secrets.
     *
     * @param random a cryptographically strong source
     */
    static Credentials readOrCreate(Home home, SecureRandom random) {
        SecretStore store = home.secretStore();
        if (!store.exists(Secret.PEPPER) && Files.exists(home.credentials())) {
            // The pepper is made first: where there are credentials, there was one, and a new one would void every key.
            throw new CommandFailure(store.place(Secret.PEPPER) + " is missing: without it no API key of this platform can"
                    + " be checked. Bring it back from a copy, or choose a new home with --home.");
        }
        make(store, Secret.PEPPER, MacKey.generate(random));
        // A home that is older than one of these begins it now.
        make(store, Secret.AUDIT_KEY, AuditKey.generate(random));
        make(store, Secret.SALT_KEY, MacKey.generate(random));
        if (!Files.exists(home.credentials())) {
            var fresh = new Credentials(ApiKey.generate(ENVIRONMENT, random).text(), "admin", password(random));
            PrivateFile.write(home.credentials(), Json.bytes(Json.object().put("apiKey", fresh.apiKey)
                    .put("adminUser", fresh.adminUser).put("adminPassword", fresh.adminPassword)));
        }
        return read(home);
    }

    private static void make(SecretStore store, Secret secret, String line) {
        if (!store.exists(secret)) {
            PrivateFile.write(store.file(secret), (line + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    static Credentials read(Home home) {
        try {
            JsonNode json = Json.read(home.credentials());
            var read = new Credentials(json.path("apiKey").asText(), json.path("adminUser").asText(),
                    json.path("adminPassword").asText());
            if (read.apiKey.isEmpty() || read.adminUser.isEmpty() || read.adminPassword.isEmpty()) {
                throw new IOException("it lacks apiKey, adminUser or adminPassword");
            }
            return read;
        } catch (IOException unreadable) {
            throw new CommandFailure("Cannot read " + home.credentials() + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static String password(SecureRandom random) {
        byte[] value = new byte[PASSWORD_BYTES];
        random.nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    @Override
    public String toString() {
        return "Credentials[adminUser=" + adminUser + "]";
    }
}
