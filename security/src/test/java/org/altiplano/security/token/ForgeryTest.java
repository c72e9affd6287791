package org.altiplano.security.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every way that we know of to forge a token, or to use one for what it was not made for; and what must go on to work. */
class ForgeryTest {

    private static final RSAKey STRANGER = Realm.rsa(Realm.KEY.getKeyID(), 2_048);
    private static final UnaryOperator<JWTClaimsSet.Builder> SAME = claims -> claims;

    private final Realm realm = new Realm();
    private final List<DynamicTest> cases = new ArrayList<>();

    @TestFactory
    Stream<DynamicTest> acceptsTheRealmsOwnTokensOnly() throws Exception {
        times();
        claims();
        headers();
        algorithms();
        keys();
        spelling();
        return cases.stream();
    }

    private void times() {
        accepted("good", realm.token(SAME));
        accepted("expired 10 s ago", realm.token(claims -> claims.expirationTime(at(-10))));
        accepted("expired 25 s ago", realm.token(claims -> claims.expirationTime(at(-25))));
        refused("expired 60 s ago", realm.token(claims -> claims.expirationTime(at(-60))));
        accepted("issued in 20 s", realm.token(claims -> claims.issueTime(at(20))));
        refused("issued in 120 s", realm.token(claims -> claims.issueTime(at(120))));
        accepted("not before 20 s from now", realm.token(claims -> claims.notBeforeTime(at(20))));
        refused("not before 120 s from now", realm.token(claims -> claims.notBeforeTime(at(120))));
        refused("no expiry", realm.token(claims -> claims.expirationTime(null)));
        refused("no time of issue", realm.token(claims -> claims.issueTime(null)));
        refused("an expiry in words", realm.token(claims -> claims.claim("exp", "tomorrow")));
        refused("an expiry before all time", realm.token(claims -> claims.claim("exp", Long.MIN_VALUE)));
    }

    private void claims() {
        refused("no subject", realm.token(claims -> claims.subject(null)));
        refused("no authorized party", realm.token(claims -> claims.claim("azp", null)));
        refused("another audience", realm.token(claims -> claims.audience("other")));
        refused("no audience", realm.token(claims -> claims.audience((String) null)));
        accepted("one audience of several", realm.token(claims -> claims.audience(List.of("account", Realm.AUDIENCE))));
        refused("another realm of the same server", realm.token(claims -> claims.issuer("https://id.example.org/realms/master")));
        refused("an issuer with a slash more", realm.token(claims -> claims.issuer(Realm.ISSUER + "/")));
        refused("no issuer", realm.token(claims -> claims.issuer(null)));
        refused("an ID token", realm.token(claims -> claims.claim("typ", "ID").audience("console")));
        refused("an ID token for this audience", realm.token(claims -> claims.claim("typ", "ID")));
        refused("a refresh token", realm.token(claims -> claims.claim("typ", "Refresh")));
        refused("a token of no kind", realm.token(claims -> claims.claim("typ", null)));
        refused("an administrator's token of the master realm", realm.token(claims -> claims.issuer("https://id.example.org/realms/master")
                .audience(List.of()).claim("azp", "admin-cli")));
    }

    private void headers() {
        accepted("type at+jwt", signed(header().type(new JOSEObjectType("at+jwt"))));
        refused("type logout+jwt", signed(header().type(new JOSEObjectType("logout+jwt"))));
        refused("no type", signed(header().type(null)));
        refused("no name of a key", signed(header().keyID(null)));
        refused("a key of its own in the header", Realm.sign(header().jwk(STRANGER.toPublicJWK()).build(), realm.claims(SAME), STRANGER));
        refused("an address of keys in the header", Realm.sign(header().keyID("x").jwkURL(URI.create("http://127.0.0.1:1/evil")).build(),
                realm.claims(SAME), STRANGER));
        refused("an address of certificates in the header", Realm.sign(header().keyID("x").x509CertURL(URI.create("http://127.0.0.1:1/evil")).build(),
                realm.claims(SAME), STRANGER));
        refused("an extension that must be understood", signed(header().criticalParams(Set.of("zzz")).customParam("zzz", 1)));
    }

    private void algorithms() throws JOSEException {
        String payload = part(realm.claims(SAME).toString());
        refused("no algorithm", part("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + payload + ".");
        refused("no algorithm, in capitals and signed", part("{\"alg\":\"NONE\",\"typ\":\"JWT\",\"kid\":\"realm-key\"}") + "." + payload + ".x");
        OctetSequenceKey publicKeyAsSecret = new OctetSequenceKey.Builder(Base64URL.encode(pem(Realm.KEY))).keyID("realm-key").build();
        refused("HS256 with the public key as secret", Realm.sign(Realm.header(JWSAlgorithm.HS256, "realm-key").build(), realm.claims(SAME),
                publicKeyAsSecret));
        RSAKey anyAlgorithm = new RSAKey.Builder(Realm.KEY).algorithm(null).build();
        refused("RS512 with the same key", Realm.sign(Realm.header(JWSAlgorithm.RS512, "realm-key").build(), realm.claims(SAME), anyAlgorithm));
        ECKey curve = new ECKeyGenerator(Curve.P_256).keyID("curve").keyUse(KeyUse.SIGNATURE).generate();
        String good = Realm.sign(Realm.header(JWSAlgorithm.ES256, "curve").build(), realm.claims(SAME), curve);
        List<JWK> published = List.of(curve.toPublicJWK());
        accepted("ES256", good, published);
        refused("ES256 with a signature of zeros", unsigned(good) + "." + Base64URL.encode(new byte[64]), published);
        refused("ES256 with an empty signature", unsigned(good) + ".", published);
        refused("ES256 with half a signature", good.substring(0, good.length() - 43), published);
        EncryptedJWT encrypted = new EncryptedJWT(new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A128GCM)
                .keyID("realm-key").build(), realm.claims(SAME));
        encrypted.encrypt(new RSAEncrypter(Realm.KEY.toRSAPublicKey()));
        refused("encrypted for the realm's key instead of signed", encrypted.serialize());
    }

    private void keys() {
        refused("another key of the same name", Realm.sign(header().build(), realm.claims(SAME), STRANGER));
        refused("a key of an unknown name", Realm.sign(header().keyID("nope").build(), realm.claims(SAME), STRANGER));
        RSAKey plain = new RSAKey.Builder(Realm.KEY).keyUse(null).algorithm(null).build();
        accepted("a key of no declared use", realm.token(SAME), List.of(plain.toPublicJWK()));
        accepted("a key for verifying", realm.token(SAME), List.of(operations(plain, KeyOperation.VERIFY)));
        refused("a key for encryption", realm.token(SAME), List.of(new RSAKey.Builder(plain).keyUse(KeyUse.ENCRYPTION).build().toPublicJWK()));
        refused("a key for encrypting", realm.token(SAME), List.of(operations(plain, KeyOperation.ENCRYPT)));
        refused("a key for signing only", realm.token(SAME), List.of(operations(plain, KeyOperation.SIGN)));
        refused("a key of another algorithm", realm.token(SAME),
                List.of(new RSAKey.Builder(plain).algorithm(JWSAlgorithm.PS256).build().toPublicJWK()));
        RSAKey shared = new RSAKey.Builder(plain).keyID("shared").build();
        refused("a secret that the realm publishes", Realm.sign(Realm.header(JWSAlgorithm.HS256, "shared").build(), realm.claims(SAME), secret()),
                List.of(shared.toPublicJWK(), secret()));
    }

    private void spelling() {
        String good = realm.token(SAME);
        String[] parts = good.split("\\.");
        String administrator = part(realm.claims(claims -> claims.claim("groups", List.of("platform-admin"))).toString());
        refused("other claims under the signature", parts[0] + "." + administrator + "." + parts[2]);
        accepted("the same token again", good);
        refused("a part more", good + ".x");
        refused("no signature", parts[0] + "." + parts[1]);
        refused("an empty token", "");
        refused("dots", "..");
        refused("white space within", parts[0] + " ." + parts[1] + "." + parts[2]);
        refused("a signature with other last bits", good.substring(0, good.length() - 1) + (good.endsWith("A") ? "Q" : "A"));
        refused("JSON serialization", "{\"protected\":\"" + parts[0] + "\",\"payload\":\"" + parts[1] + "\",\"signature\":\"" + parts[2] + "\"}");
        refused("8 KB of nonsense", "a".repeat(8_000));
        refused("a token without end", realm.token(claims -> claims.claim("x", "y".repeat(20_000))));
        refused("claims nested without end", part("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"realm-key\"}") + "."
                + part("[".repeat(8_000)) + "." + parts[2]);
        refused("a header nested without end", part("{\"alg\":".repeat(1_000)) + "." + parts[1] + "." + parts[2]);
    }

    private void accepted(String name, String token) {
        accepted(name, token, List.of(Realm.KEY.toPublicJWK()));
    }

    private void refused(String name, String token) {
        refused(name, token, List.of(Realm.KEY.toPublicJWK()));
    }

    private void accepted(String name, String token, List<JWK> published) {
        cases.add(DynamicTest.dynamicTest("accepts: " + name, () -> assertEquals("Known", judged(token, published))));
    }

    private void refused(String name, String token, List<JWK> published) {
        cases.add(DynamicTest.dynamicTest("refuses: " + name, () -> assertEquals("Refused", judged(token, published))));
    }

    private static String judged(String token, List<JWK> published) {
        Realm judge = new Realm();
        judge.published = published;
        return judge.tokens.judge(token).getClass().getSimpleName();
    }

    private String signed(JWSHeader.Builder header) {
        return Realm.sign(header.build(), realm.claims(SAME), Realm.KEY);
    }

    private static JWSHeader.Builder header() {
        return Realm.header(JWSAlgorithm.RS256, Realm.KEY.getKeyID());
    }

    private static JWK operations(RSAKey key, KeyOperation operation) {
        return new RSAKey.Builder(key).keyOperations(Set.of(operation)).build().toPublicJWK();
    }

    private static OctetSequenceKey secret() {
        return new OctetSequenceKey.Builder(new byte[32]).keyID("shared").build();
    }

    private static Date at(int seconds) {
        return Date.from(Realm.START.plusSeconds(seconds));
    }

    private static String unsigned(String token) {
        return token.substring(0, token.lastIndexOf('.'));
    }

    private static String part(String json) {
        return Base64URL.encode(json).toString();
    }

    private static byte[] pem(RSAKey key) throws JOSEException {
        return ("-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.toRSAPublicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n").getBytes(StandardCharsets.US_ASCII);
    }
}
