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
 * @param console the address that browsers know this gateway by, without a path
 */
public record IdentitySettings(Optional<Realm> realm, URI console) {

    /** What access tokens for this platform name as their audience, and the client of the realm that bears the roles. */
    public static final String AUDIENCE = "altiplano-api";

    /** Of that client, as the realm that we ship has it: to look it up would take a right that shows every client's secret. */
    public static final String AUDIENCE_ID = "5b0c2d0e-9f3a-4f0b-8c55-6f1f0a7e3d21";

    /** The client by which the platform looks after organizations and users. */
    public static final String PROVISIONER = "altiplano-provisioner";

    /** The console's client of the realm. */
    public static final String CONSOLE = "console";

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

    /**
     * A Keycloak realm.
     *
     * @param issuer its address as its tokens spell it
     * @param keys where its keys are
     */
    public record Realm(String issuer, URL keys) {

        /** Where it is administered. */
        public URI administration() {
            return URI.create(issuer.replaceFirst("/realms/([^/]+)$", "/admin/realms/$1"));
        }
    }

    /**
     * Reads {@code ALTIPLANO_IDENTITY} ({@code embedded} or {@code keycloak}), {@code ALTIPLANO_KEYCLOAK_REALM} and
     * {@code ALTIPLANO_CONSOLE_URL}.
     *
     * @throws IllegalStateException if they are wrong; the message is for the operator
     */
    public static IdentitySettings of(Map<String, String> environment) {
        String provider = environment.getOrDefault("ALTIPLANO_IDENTITY", "embedded").strip();
        URI console = console(environment);
        return switch (provider) {
            case "", "embedded" -> new IdentitySettings(Optional.empty(), console);
            case "keycloak" -> new IdentitySettings(Optional.of(realm(environment.getOrDefault("ALTIPLANO_KEYCLOAK_REALM", "").strip())), console);
            default -> throw new IllegalStateException("ALTIPLANO_IDENTITY must be embedded or keycloak.");
        };
    }

    /** Where the realm sends browsers back to: never what a request claims to be for. */
    public URI redirect() {
        return console.resolve("/auth/keycloak/callback");
    }

    private static URI console(Map<String, String> environment) {
        String named = environment.getOrDefault("ALTIPLANO_CONSOLE_URL", "").strip();
        try {
            URI address = new URI(named.isEmpty() ? "http://127.0.0.1:" + environment.getOrDefault("ALTIPLANO_HTTP_PORT", "8080") : named);
            if (isSafe(address) && address.getPath().matches("/?")) {
                return address;
            }
        } catch (URISyntaxException e) {
            // Falls through to the one message.
        }
        throw new IllegalStateException("ALTIPLANO_CONSOLE_URL must be the address that browsers know the console by, such as "
                + "https://altiplano.example.org; without TLS only on loopback.");
    }

    private static boolean isSafe(URI address) {
        boolean encrypted = "https".equals(address.getScheme())
                || "http".equals(address.getScheme()) && address.getHost() != null && LOOPBACK.contains(address.getHost());
        return encrypted && address.getHost() != null && address.getRawUserInfo() == null && address.getRawQuery() == null
                && address.getRawFragment() == null;
    }

    private static Realm realm(String issuer) {
        try {
            URI address = new URI(issuer);
            if (isSafe(address) && address.getPath().matches(".*/realms/[^/]+")) {
                return new Realm(issuer, new URI(issuer + "/protocol/openid-connect/certs").toURL());
            }
        } catch (URISyntaxException | MalformedURLException e) {
            // Falls through to the one message.
        }
        throw new IllegalStateException("ALTIPLANO_KEYCLOAK_REALM must be the address of a Keycloak realm as its tokens spell it, such as "
                + "https://id.example.org/realms/altiplano; without TLS only on loopback.");
    }
}
