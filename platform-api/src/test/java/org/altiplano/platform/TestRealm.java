package org.altiplano.platform;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.altiplano.security.access.Role;

/** The realm that the gateway under test trusts: serves its keys, and signs whatever a test wants. */
final class TestRealm implements AutoCloseable {

    private static final int PORT = Integer.getInteger("altiplano.identity.port");
    private static final String ISSUER = "http://127.0.0.1:" + PORT + "/realms/altiplano";

    private final RSAKey key = rsa();
    private final HttpServer server;

    TestRealm() {
        byte[] keys = new JWKSet(key).toString(true).getBytes(StandardCharsets.UTF_8);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/realms/altiplano/protocol/openid-connect/certs", exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
    }

    /** A token of somebody who is this in a tenant. */
    String token(String tenant, String subject, Role role) {
        return token(claims -> {
            claims.subject(subject).claim("organization", Map.of(tenant, Map.of("id", tenant,
                    "resource_access", Map.of("altiplano-api", Map.of("roles", List.of(role.word()))))));
            return role == Role.PLATFORM_ADMIN ? claims.claim("groups", List.of(role.word())) : claims;
        });
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return sign(change.apply(claims()).build(), key);
    }

    /** A token with the realm's claims under another's signature. */
    String forged() {
        return sign(claims().build(), rsa());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static JWTClaimsSet.Builder claims() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder().issuer(ISSUER).audience("altiplano-api").subject("u-1").issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300))).claim("typ", "Bearer").claim("azp", "console");
    }

    private static String sign(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID("test").build(), claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2_048).keyID("test").keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
