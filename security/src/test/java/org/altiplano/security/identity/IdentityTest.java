package org.altiplano.security.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final LoginThrottle throttle = new LoginThrottle(() -> now);

    @Test
    void acceptsOnlyTheRightPassword() {
        PasswordHasher hasher = new PasswordHasher(new Random(1));
        String hash = hasher.hash("correct horse");
        assertTrue(hasher.matches("correct horse", hash));
        assertFalse(hasher.matches("correct horsf", hash));
        assertNotEquals(hash, hasher.hash("correct horse"), "each hash has its own salt");
    }

    @Test
    void takesNoPasswordThatIsShortEndlessTheNameOrOneCharacterAgainAndAgain() {
        assertTrue(NewPassword.of("twelve chars", "ada").isPresent());
        assertTrue(NewPassword.of("a".repeat(997) + "bcd", "ada").isPresent());
        assertEquals(Optional.empty(), NewPassword.of("eleven char", "ada"));
        assertEquals(Optional.empty(), NewPassword.of("a".repeat(998) + "bcd", "ada"));
        assertEquals(Optional.empty(), NewPassword.of("Ada.Lovelace@x", "ada.lovelace@X"));
        assertEquals(Optional.empty(), NewPassword.of("aaaaaaaaaaaabb", "ada"));
        assertFalse(NewPassword.of("twelve chars", "ada").orElseThrow().toString().contains("twelve"));
    }

    @Test
    void looksSessionsUpByADigestThatDoesNotShowTheToken() {
        SessionToken token = SessionToken.generate(new Random(1));
        assertEquals(token.digest(), new SessionToken(token.text()).digest());
        assertFalse(token.toString().contains(token.text()));
    }

    @Test
    void makesASubjectWaitLongerWithEveryFailureAfterTheFifth() {
        fail(4);
        assertEquals(Optional.empty(), throttle.pause("ada"));
        fail(1);
        assertEquals(Optional.of(Duration.ofSeconds(1)), throttle.pause("ada"));
        fail(2);
        assertEquals(Optional.of(Duration.ofSeconds(4)), throttle.pause("ada"));
        fail(30);
        assertEquals(Optional.of(Duration.ofMinutes(5)), throttle.pause("ada"));
    }

    @Test
    void letsASubjectTryAgainAfterThePauseAndLeavesOthersAlone() {
        fail(5);
        assertEquals(Optional.empty(), throttle.pause("bob"));
        now = now.plusSeconds(1);
        assertEquals(Optional.empty(), throttle.pause("ada"));
    }

    @Test
    void forgetsFailuresAfterASuccess() {
        fail(5);
        throttle.succeeded("ada");
        assertEquals(Optional.empty(), throttle.pause("ada"));
    }

    @Test
    void slowsDownAnAddressThatTriesManyNames() {
        AddressThrottle addresses = new AddressThrottle(() -> now);
        for (int i = 0; i < AddressThrottle.AT_ONCE; i++) {
            assertEquals(Optional.empty(), addresses.pause("10.0.0.1"));
            addresses.failed("10.0.0.1");
        }
        assertEquals(Optional.of(AddressThrottle.BETWEEN), addresses.pause("10.0.0.1"));
        assertEquals(Optional.empty(), addresses.pause("10.0.0.2"));
        now = now.plus(AddressThrottle.BETWEEN);
        assertEquals(Optional.empty(), addresses.pause("10.0.0.1"));
        addresses.failed("10.0.0.1");
        assertEquals(Optional.of(AddressThrottle.BETWEEN), addresses.pause("10.0.0.1"));
        now = now.plus(Duration.ofHours(1));
        assertEquals(Optional.empty(), addresses.pause("10.0.0.1"));
    }

    @Test
    void madeUpNamesFillNoMemoryAndDoNotMakeItForgetWhoGoesOnGuessing() {
        LastTouched<String, String> known = new LastTouched<>(100);
        known.put("ada", "guesses");
        for (int i = 0; i < 300; i++) {
            known.put("made up " + i, "once");
            known.get("ada");
        }
        assertEquals(100, known.size());
        assertEquals("guesses", known.get("ada"));
    }

    @Test
    void whoChoosesAnotherAddressOfTheSameIpv6NetworkIsSlowedDownAllTheSame() throws Exception {
        AddressThrottle addresses = new AddressThrottle(() -> now);
        for (int i = 0; i < AddressThrottle.AT_ONCE; i++) {
            addresses.failed(InetAddress.getByName("2001:db8::" + i).getHostAddress());
        }
        assertEquals(Optional.of(AddressThrottle.BETWEEN), addresses.pause(InetAddress.getByName("2001:db8::ffff").getHostAddress()));
        assertEquals(Optional.empty(), addresses.pause(InetAddress.getByName("2001:db8:0:1::1").getHostAddress()));
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed("ada");
        }
    }
}
