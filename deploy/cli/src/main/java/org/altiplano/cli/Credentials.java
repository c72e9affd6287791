package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Base64;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * What the owner of a home signs in with; kept in {@code credentials.json}, which only the owner may read. The gateway
 * keeps hashes only.
 *
 * @param apiKey for {@code /v1}
 * @param adminUser for the console and {@code /admin}
 * @param adminPassword of that user
 */
record Credentials(String apiKey, String adminUser, String adminPassword) {

    private static final int PEPPER_BYTES = 32;
    private static final int PASSWORD_BYTES = 15;

    /**
     * Reads a home's credentials, or makes them together with the pepper under which the gateway hashes keys.
     *
     * @param apiKey makes a fresh API key
     */
    static Credentials readOrCreate(Home home, SecureRandom random, Supplier<String> apiKey) {
        if (!Files.exists(home.pepper())) {
            PrivateFile.write(home.pepper(), randomText(random, PEPPER_BYTES).getBytes(StandardCharsets.US_ASCII));
        }
        if (!Files.exists(home.credentials())) {
            var fresh = new Credentials(apiKey.get(), "admin", randomText(random, PASSWORD_BYTES));
            PrivateFile.write(home.credentials(), Json.bytes(Json.object().put("apiKey", fresh.apiKey)
                    .put("adminUser", fresh.adminUser).put("adminPassword", fresh.adminPassword)));
        }
        return read(home);
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

    private static String randomText(SecureRandom random, int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    @Override
    public String toString() {
        return "Credentials[adminUser=" + adminUser + "]";
    }
}
