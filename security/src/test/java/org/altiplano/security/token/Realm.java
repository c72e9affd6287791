package org.altiplano.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An identity provider as tokens and keys show it; it signs whatever a test wants. */
final class Realm {

    static final String ISSUER = "https://id.example.org/realms/altiplano";
    static final String AUDIENCE = "altiplano-api";
    static final RSAKey KEY = rsa("realm-key", 2_048);
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    Instant now = START;
    List<JWK> published = List.of(KEY.toPublicJWK());
    boolean away;
    int fetches;
    final SigningKeys keys = new SigningKeys(this::fetch, () -> now);
    final KeycloakTokens tokens = new KeycloakTokens(ISSUER, AUDIENCE, keys, () -> now);

    static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(id).keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSHeader.Builder header(JWSAlgorithm algorithm, String keyId) {
        return new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(keyId);
    }

    static String sign(JWSHeader header, JWTClaimsSet claims, JWK key) {
        try {
            // Short keys too: it is for the platform to refuse them.
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa.toPrivateKey(), true)
                    : new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm());
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token as the realm itself makes it. */
    String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return sign(header(JWSAlgorithm.RS256, KEY.getKeyID()).build(), claims(change), KEY);
    }

    JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(new JWTClaimsSet.Builder().issuer(ISSUER).audience(AUDIENCE).subject("u-1").issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300))).jwtID("j-1").claim("typ", "Bearer").claim("azp", "console")
                .claim("organization", Map.of("acme", organization("acme-id", "developer")))).build();
    }

    static Map<String, Object> organization(String id, String... roles) {
        return Map.of("id", id, "resource_access", Map.of(AUDIENCE, Map.of("roles", List.of(roles))));
    }

    private JWKSet fetch() throws IOException {
        fetches++;
        if (away) {
            throw new IOException("nobody answers");
        }
        return new JWKSet(published);
    }
}
