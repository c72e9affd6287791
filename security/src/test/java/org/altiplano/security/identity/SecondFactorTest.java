package org.altiplano.security.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.secrets.MacKey;
import org.apache.commons.codec.binary.Base32;
import org.junit.jupiter.api.Test;

class SecondFactorTest {

    private static final Instant NOW = Instant.ofEpochSecond(30 * 1_000 + 7);

    private final Random random = new Random(1);
    private final String first = MacKey.generate(random);
    private final SecondFactor factor = new SecondFactor(Pepper.parse(List.of(first)), random);
    private final String enrolment = factor.enrol();
    private final String secret = factor.secret("ada", enrolment).orElseThrow();

    @Test
    void takesTheCodeThatAnAuthenticatorShowsNowAndThoseOfOneStepBeforeAndAfter() throws Exception {
        for (long step = 997; step <= 1_003; step++) {
            OptionalLong expected = Math.abs(step - 1_000) <= 1 ? OptionalLong.of(step) : OptionalLong.empty();
            assertEquals(expected, factor.step("ada", enrolment, code(step), NOW), "step " + step);
        }
        for (String wrong : List.of("", "000", code(1_000) + "0", "abcdef", "\u0661\u0661\u0661\u0661\u0661\u0661")) {
            assertEquals(OptionalLong.empty(), factor.step("ada", enrolment, wrong, NOW), wrong);
        }
    }

    @Test
    void everyUserAndEveryEnrolmentHasASecretOfItsOwnThatCannotBeReadFromWhatIsKept() {
        assertNotEquals(secret, factor.secret("bob", enrolment).orElseThrow());
        assertNotEquals(secret, factor.secret("ada", factor.enrol()).orElseThrow());
        assertNotEquals(secret, new SecondFactor(Pepper.parse(List.of(MacKey.generate(random))), random).secret("ada", enrolment).orElseThrow());
        assertTrue(secret.matches("[A-Z2-7]{32}"), secret);
    }

    @Test
    void outlivesANewPepperAndEndsWhenItsOwnIsRetired() {
        String second = MacKey.generate(random);
        assertEquals(Optional.of(secret), new SecondFactor(Pepper.parse(List.of(first, second)), random).secret("ada", enrolment));
        assertEquals(Optional.empty(), new SecondFactor(Pepper.parse(List.of("-", second)), random).secret("ada", enrolment));
    }

    @Test
    void spellsTheAddressAsAuthenticatorsReadIt() {
        assertEquals("otpauth://totp/Altiplano%3Aada%40acme.org?secret=ABC&issuer=Altiplano&algorithm=SHA1&digits=6&period=30",
                SecondFactor.address("ada@acme.org", "ABC"));
    }

    @Test
    void recoveryCodesAreManyDifferentAndReadHoweverTheyAreTyped() {
        List<String> codes = factor.recoveryCodes();
        assertEquals(10, new HashSet<>(codes).size());
        assertTrue(codes.get(0).matches("([a-z2-7]{4}-){3}[a-z2-7]{4}"), codes.get(0));
        String kept = factor.hash("ada", codes.get(0));
        assertTrue(factor.hashes("ada", " " + codes.get(0).toUpperCase().replace("-", " ")).contains(kept));
        assertFalse(factor.hashes("bob", codes.get(0)).contains(kept));
    }

    private String code(long step) throws Exception {
        TimeBasedOneTimePasswordGenerator authenticator = new TimeBasedOneTimePasswordGenerator();
        return authenticator.generateOneTimePasswordString(new SecretKeySpec(new Base32().decode(secret), authenticator.getAlgorithm()),
                Instant.ofEpochSecond(step * 30));
    }
}
