package org.altiplano.security.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of Project Wycheproof, put to what checks the signatures of callers' tokens, with the realm publishing each one's key. */
class WycheproofTest {

    /** What may be accepted, and is or is not. */
    private record Vector(String name, Map<String, Object> keys, String token, boolean good) {

        boolean isAccepted() throws IOException {
            SigningKeys published = new SigningKeys(() -> {
                try {
                    return JWKSet.parse(keys);
                } catch (ParseException e) {
                    throw new IOException(e);
                }
            }, () -> Realm.START);
            try {
                // The vectors say nothing of what they are.
                new RealmSignatures(published, (type, context) -> { }).open(token);
                return true;
            } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException | IllegalStateException e) {
                return false;
            }
        }
    }

    /** Valid ones that are signed in a way that no realm of ours signs are to be refused as well. */
    @ParameterizedTest
    @CsvSource({"signature, 401, 16", "key, 26, 1", "crypto, 83, 2"})
    void acceptsWhatIsValidAndSignedAsARealmSignsAndNothingElse(String file, int all, int good) throws Exception {
        List<Vector> vectors = vectors("/wycheproof/json_web_" + file + "_test.json");
        assertEquals(all, vectors.size());
        assertEquals(good, vectors.stream().filter(Vector::good).count());
        StringBuilder wrong = new StringBuilder();
        for (Vector vector : vectors) {
            if (vector.isAccepted() != vector.good()) {
                wrong.append(vector.good() ? "refused: " : "accepted: ").append(vector.name()).append('\n');
            }
        }
        assertEquals("", wrong.toString());
    }

    @Test
    void acceptsNoneWithAnotherKey() throws Exception {
        for (Vector vector : vectors("/wycheproof/json_web_signature_test.json")) {
            Map<String, Object> others = new JWKSet(Realm.KEY.toPublicJWK()).toJSONObject();
            assertEquals(false, new Vector(vector.name(), others, vector.token(), false).isAccepted(), vector.name());
        }
    }

    private static List<Vector> vectors(String file) throws IOException, ParseException {
        try (InputStream text = WycheproofTest.class.getResourceAsStream(file)) {
            Map<String, Object> all = JSONObjectUtils.parse(new String(text.readAllBytes(), StandardCharsets.UTF_8));
            return objects(all.get("testGroups")).flatMap(group -> {
                Map<String, Object> key = map(group.getOrDefault("public", group.get("private")));
                Map<String, Object> keys = key.containsKey("keys") ? key : Map.of("keys", List.of(key));
                return objects(group.get("tests")).map(test -> vector(group.get("comment") + " " + test.get("tcId") + " " + test.get("comment"),
                        keys, test));
            }).toList();
        }
    }

    private static Vector vector(String name, Map<String, Object> keys, Map<String, Object> test) {
        Object token = test.getOrDefault("jws", test.getOrDefault("jwe", ""));
        String text = token instanceof Map<?, ?> json ? JSONObjectUtils.toJSONString(map(json)) : token.toString();
        return new Vector(name, keys, text, "valid".equals(test.get("result")) && isAsRealmsSign(text));
    }

    private static boolean isAsRealmsSign(String token) {
        try {
            JWSAlgorithm algorithm = JWSHeader.parse(Base64URL.from(token.substring(0, token.indexOf('.')))).getAlgorithm();
            return List.of("RS256", "PS256", "ES256").contains(algorithm.getName());
        } catch (ParseException e) {
            return false;
        }
    }

    private static Stream<Map<String, Object>> objects(Object list) {
        return ((List<?>) list).stream().map(WycheproofTest::map);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object json) {
        return (Map<String, Object>) json;
    }
}
