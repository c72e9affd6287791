package org.altiplano.security.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.token.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealmClientTest {

    private final ScriptedRealm realm = new ScriptedRealm();
    private final RealmClient client = realm.client();
    private final SignInAttempt attempt = SignInAttempt.begin(new SecureRandom());

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void sendsABrowserToTheRealmWithAllThatBindsItsAnswer() throws Exception {
        URI address = client.signIn(attempt);
        assertTrue(address.toString().startsWith(realm.issuer() + "/protocol/openid-connect/auth?"));
        Set<String> query = Set.of(address.getRawQuery().split("&"));
        String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(
                MessageDigest.getInstance("SHA-256").digest(attempt.verifier().getBytes(StandardCharsets.US_ASCII)));
        for (String part : List.of("response_type=code", "client_id=console", "scope=openid", "state=" + attempt.state(), "nonce=" + attempt.nonce(),
                "code_challenge_method=S256", "code_challenge=" + challenge, "redirect_uri=https%3A%2F%2Faltiplano.example.org%2Fauth%2Fkeycloak%2Fcallback")) {
            assertTrue(query.contains(part), part + " is not in " + query);
        }
    }

    @Test
    void exchangesACodeForWhoeverItIs() {
        realm.tells(claims -> claims.claim("nonce", attempt.nonce()));
        Instant before = Instant.now();
        Grant.Given given = assertInstanceOf(Grant.Given.class, client.exchange("c0de", attempt));
        assertEquals(Caller.unlimited("acme", "u-1", Caller.Origin.SESSION, Set.of(Role.AUDITOR)), given.caller());
        assertEquals("alice", given.name());
        assertEquals(Optional.of("s-1"), given.session());
        assertEquals("refresh", given.refreshToken());
        assertTrue(Duration.between(before, given.until()).minusSeconds(300).abs().toSeconds() < 60);
        assertTrue(Duration.between(before, given.ends()).minusSeconds(1_800).abs().toSeconds() < 60);
        String asked = realm.asked.get(0);
        assertTrue(asked.startsWith("/realms/altiplano/protocol/openid-connect/token Basic "), asked);
        assertTrue(asked.contains("code=c0de") && asked.contains("code_verifier=" + attempt.verifier()) && asked.contains("redirect_uri="), asked);
    }

    @Test
    void believesNoIdTokenThatIsNotTheAnswerToItsQuestion() {
        Date past = Date.from(Instant.now().minusSeconds(3_600));
        List<UnaryOperator<JWTClaimsSet.Builder>> forgeries = List.of(
                claims -> claims, claims -> claims.claim("nonce", "another"),
                claims -> claims.claim("nonce", attempt.nonce()).issuer("https://id.example.org/realms/altiplano"),
                claims -> claims.claim("nonce", attempt.nonce()).audience("another"),
                claims -> claims.claim("nonce", attempt.nonce()).expirationTime(past),
                claims -> claims.claim("nonce", attempt.nonce()).claim("azp", "another"),
                claims -> claims.claim("nonce", attempt.nonce()).subject("u-2"));
        for (UnaryOperator<JWTClaimsSet.Builder> forgery : forgeries) {
            realm.tells(forgery);
            assertInstanceOf(Grant.Refused.class, client.exchange("c0de", attempt));
        }
        realm.tells(claims -> claims.claim("nonce", attempt.nonce()), ScriptedRealm.rsa());
        assertInstanceOf(Grant.Refused.class, client.exchange("c0de", attempt));
    }

    @Test
    void theAccessTokenSaysWhoSomebodyIsHere() {
        realm.tells(claims -> claims.claim("nonce", attempt.nonce()));
        realm.verdict = new Verdict.Homeless();
        assertInstanceOf(Grant.Homeless.class, client.exchange("c0de", attempt));
        realm.verdict = new Verdict.Refused();
        assertInstanceOf(Grant.Refused.class, client.exchange("c0de", attempt));
        realm.verdict = new Verdict.Undecided();
        assertInstanceOf(Grant.Unavailable.class, client.exchange("c0de", attempt));
    }

    @Test
    void onlyAGrantThatTheRealmRefusesIsOver() {
        realm.status = 400;
        realm.answer = "{\"error\":\"invalid_grant\",\"error_description\":\"Session not active\"}";
        assertInstanceOf(Grant.Refused.class, client.renew("refresh"));
        realm.status = 401;
        realm.answer = "{\"error\":\"invalid_client\"}";
        assertInstanceOf(Grant.Unavailable.class, client.renew("refresh"), "the client's secret says nothing of its users");
        realm.status = 200;
        realm.tells(claims -> claims);
        assertInstanceOf(Grant.Given.class, client.renew("refresh"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "<html>busy</html>", "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":300}"})
    void anAnswerThatIsNoneSaysNothing(String answer) {
        for (int status : new int[] {200, 500, 502, 302}) {
            realm.status = status;
            realm.answer = answer;
            assertInstanceOf(Grant.Unavailable.class, client.exchange("c0de", attempt));
            assertInstanceOf(Grant.Unavailable.class, client.renew("refresh"));
        }
    }

    @Test
    void aRealmThatIsAwayIsSaidToBe() {
        realm.close();
        assertFalse(client.answers());
        assertFalse(client.signOut("refresh"));
        assertInstanceOf(Grant.Unavailable.class, client.exchange("c0de", attempt));
    }

    @Test
    void signsOutAtTheRealm() {
        realm.status = 204;
        assertTrue(client.signOut("refresh"));
        assertTrue(realm.asked.get(0).startsWith("/realms/altiplano/protocol/openid-connect/logout Basic ") && realm.asked.get(0).contains("refresh_token=refresh"),
                realm.asked.toString());
        realm.status = 500;
        assertFalse(client.signOut("refresh"));
    }
}
