package org.altiplano.platform.setup.entity;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the platform's users are kept.
 *
 * @param realm the Keycloak realm; empty if they are in the platform's own database
 */
public record IdentitySettings(Optional<Realm> realm) {

    /** What access tokens for this platform name as their audience, and the client of the realm that bears the roles. */
    public static final String AUDIENCE = "altiplano-api";

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

    /**
     * A Keycloak realm.
     *
     * @param issuer its address as its tokens spell it
     * @param keys where its keys are
     */
    public record Realm(String issuer, URL keys) {
    }

    /**
     * Reads {@code ALTIPLANO_IDENTITY} ({@code embedded} or {@code keycloak}) and {@code ALTIPLANO_KEYCLOAK_REALM}.
     *
     * @throws IllegalStateException if they are wrong; the message is for the operator
     */
    public static IdentitySettings of(Map<String, String> environment) {
        String provider = environment.getOrDefault("ALTIPLANO_IDENTITY", "embedded").strip();
        return switch (provider) {
            case "", "embedded" -> new IdentitySettings(Optional.empty());
            case "keycloak" -> new IdentitySettings(Optional.of(realm(environment.getOrDefault("ALTIPLANO_KEYCLOAK_REALM", "").strip())));
            default -> throw new IllegalStateException("ALTIPLANO_IDENTITY must be embedded or keycloak.");
        };
    }

    private static Realm realm(String issuer) {
        try {
            URI address = new URI(issuer);
            boolean safe = "https".equals(address.getScheme())
                    || "http".equals(address.getScheme()) && address.getHost() != null && LOOPBACK.contains(address.getHost());
            if (safe && address.getHost() != null && address.getRawUserInfo() == null && address.getRawQuery() == null
                    && address.getRawFragment() == null && address.getPath().matches(".*/realms/[^/]+")) {
                return new Realm(issuer, new URI(issuer + "/protocol/openid-connect/certs").toURL());
            }
        } catch (URISyntaxException | MalformedURLException e) {
            // Falls through to the one message.
        }
        throw new IllegalStateException("ALTIPLANO_KEYCLOAK_REALM must be the address of a Keycloak realm as its tokens spell it, such as "
                + "https://id.example.org/realms/altiplano; without TLS only on loopback.");
    }
}
