package org.altiplano.security.signin;

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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.token.RealmSignatures;
import org.altiplano.security.token.SigningKeys;
import org.altiplano.security.token.Verdict;

/** Owns the endpoints of a realm that answer what a test says, and remember what they were asked. */
final class ScriptedRealm implements AutoCloseable {

    private static final RSAKey KEY = rsa();
    static final URI REDIRECT = URI.create("https://altiplano.example.org/auth/keycloak/callback");

    private final HttpServer server;
    final List<String> asked = new ArrayList<>();
    int status = 200;
    String answer = "";
    Verdict verdict = new Verdict.Known(Caller.unlimited("acme", "u-1", Caller.Origin.TOKEN, Set.of(Role.AUDITOR)));

    ScriptedRealm() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath() + " " + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/altiplano";
    }

    RealmClient client() {
        return new RealmClient(new RealmClient.Settings(issuer(), "console", "a secret", REDIRECT),
                RealmSignatures.selector(new SigningKeys(() -> new JWKSet(KEY.toPublicJWK()), InstantSource.system())), token -> verdict,
                InstantSource.system());
    }

    /** Has the next answer hold an ID token with these claims. */
    void tells(UnaryOperator<JWTClaimsSet.Builder> change) {
        tells(change, KEY);
    }

    void tells(UnaryOperator<JWTClaimsSet.Builder> change, RSAKey key) {
        Instant now = Instant.now();
        JWTClaimsSet claims = change.apply(new JWTClaimsSet.Builder().issuer(issuer()).audience("console").subject("u-1")
                .claim("preferred_username", "alice").claim("sid", "s-1").issueTime(Date.from(now)).expirationTime(Date.from(now.plusSeconds(60)))).build();
        try {
            SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID("realm-key").build(), claims);
            token.sign(new RSASSASigner(key));
            answer = "{\"access_token\":\"access\",\"token_type\":\"Bearer\",\"expires_in\":300,\"refresh_token\":\"refresh\",\"refresh_expires_in\":1800,"
                    + "\"id_token\":\"" + token.serialize() + "\"}";
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2_048).keyID("realm-key").keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
