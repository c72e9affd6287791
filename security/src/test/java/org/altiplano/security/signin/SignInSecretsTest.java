package org.altiplano.security.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import org.altiplano.security.identity.SessionToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInSecretsTest {

    private final SecureRandom random = new SecureRandom();
    private final SessionSeal seal = new SessionSeal(random);

    @Test
    void anAttemptIsKnownByItsSecretAgain() {
        SignInAttempt attempt = SignInAttempt.begin(random);
        SignInAttempt again = SignInAttempt.of(attempt.secret()).orElseThrow();
        assertEquals(attempt.verifier(), again.verifier());
        assertTrue(again.awaits(attempt.state()));
        assertFalse(again.awaits(SignInAttempt.begin(random).state()));
        assertFalse(again.awaits(""));
        assertEquals(4, Set.of(attempt.secret(), attempt.state(), attempt.nonce(), attempt.verifier()).size(), "none tells of another");
        assertFalse(attempt.toString().contains(attempt.secret()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void whatIsNoSecretBeginsNothing(String secret) {
        assertEquals(Optional.empty(), SignInAttempt.of(secret));
    }

    @Test
    void whatIsSealedIsOpenedByItsSessionOnly() {
        SessionToken token = SessionToken.generate(random);
        String sealed = seal.seal("a refresh token", token);
        assertEquals(Optional.of("a refresh token"), seal.open(sealed, token));
        assertEquals(Optional.empty(), seal.open(sealed, SessionToken.generate(random)));
        assertEquals(Optional.empty(), seal.open((sealed.charAt(0) == 'A' ? 'B' : 'A') + sealed.substring(1), token));
        assertNotEquals(sealed, seal.seal("a refresh token", token));
    }
}
