package org.altiplano.security.apikey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.altiplano.security.secrets.MacKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {

    private final Random random = new Random(7);
    private final ApiKey key = ApiKey.generate("local", random);
    private final Pepper pepper = Pepper.parse(List.of(MacKey.generate(random)));

    @Test
    void readsBackWhatItSpells() {
        assertEquals(Optional.of(key), ApiKey.parse(key.text()));
        assertTrue(key.text().matches("llmk_local_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9a-f]{8}"), key.text());
    }

    @Test
    void refusesAnySingleMistypedDigit() {
        String text = key.text();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'a' ? 'b' : 'a';
            assertEquals(Optional.empty(), ApiKey.parse(text.substring(0, i) + other + text.substring(i + 1)), "digit " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "llmk_", "sk-1234", "llmk_local_a_b_00000000", "llmk_local_aaaaaaaaaaaa_\u0661"})
    void refusesWhatIsNoKey(String text) {
        assertEquals(Optional.empty(), ApiKey.parse(text));
    }

    @Test
    void keepsTheSecretOutOfItsDescription() {
        assertFalse(key.toString().contains(key.secret()));
    }

    @Test
    void matchesOnlyItsOwnHash() {
        KeyHasher hasher = new KeyHasher(pepper);
        assertTrue(hasher.matches(key, hasher.hash(key)));
        assertFalse(hasher.matches(ApiKey.generate("local", random), hasher.hash(key)));
        assertFalse(hasher.matches(key, "nonsense"));
        assertFalse(hasher.matches(key, "0" + hasher.hash(key).substring(1)));
    }

    @Test
    void saysNothingOfAKeyThatAPepperUnknownHereHasHashed() {
        KeyHasher hasher = new KeyHasher(pepper);
        assertThrows(IllegalStateException.class, () -> hasher.matches(key, "2" + hasher.hash(key).substring(1)));
    }

    @Test
    void nothingProvesAKeyOfARetiredPepperAndTheOthersKeepTheirNumbers() {
        String first = MacKey.generate(random);
        String second = MacKey.generate(random);
        String oldest = new KeyHasher(Pepper.parse(List.of(first))).hash(key);
        String older = new KeyHasher(Pepper.parse(List.of(first, second))).hash(key);
        KeyHasher hasher = new KeyHasher(Pepper.parse(Pepper.rotated(List.of("-", second), random)));
        assertFalse(hasher.matches(key, oldest));
        assertTrue(hasher.matches(key, older));
        assertFalse(hasher.isNewest(older));
        assertTrue(hasher.isNewest(hasher.hash(key)) && hasher.hash(key).startsWith("3:"));
    }

    @Test
    void aPreparedPepperIsKnownBeforeItIsUsedSoThatGatewaysCanBeRestartedOneAfterTheOther() {
        List<String> before = List.of(MacKey.generate(random));
        List<String> prepared = Pepper.prepared(before, random);
        List<String> rotated = Pepper.rotated(prepared, random);
        assertEquals(prepared, Pepper.prepared(prepared, random), "once is enough");
        assertEquals(2, rotated.size());
        KeyHasher waiting = new KeyHasher(Pepper.parse(prepared));
        KeyHasher ahead = new KeyHasher(Pepper.parse(rotated));
        String old = new KeyHasher(Pepper.parse(before)).hash(key);
        assertEquals(old, waiting.hash(key), "it is not used yet");
        assertTrue(waiting.matches(key, ahead.hash(key)) && ahead.matches(key, old));
        assertTrue(waiting.isNewest(ahead.hash(key)) && waiting.isNewest(old), "nothing is hashed back");
        assertFalse(ahead.isNewest(old));
        assertEquals("1 2, 2 2", Pepper.parse(prepared).newest() + " " + Pepper.parse(prepared).known() + ", "
                + Pepper.parse(rotated).newest() + " " + Pepper.parse(rotated).known());
        assertNotEquals(Pepper.parse(prepared).fingerprint(), Pepper.parse(rotated).fingerprint());
        assertEquals(Pepper.parse(before).fingerprint(), Pepper.parse(prepared).fingerprint());
    }

    @Test
    void checksOldHashesAfterANewPepperVersion() {
        String first = MacKey.generate(random);
        String old = new KeyHasher(Pepper.parse(List.of(first))).hash(key);
        KeyHasher renewed = new KeyHasher(Pepper.parse(List.of(first, MacKey.generate(random))));
        assertTrue(renewed.matches(key, old));
        assertTrue(renewed.hash(key).startsWith("2:"));
        assertNotEquals(old.substring(2), renewed.hash(key).substring(2));
    }

    @Test
    void makesAnotherHashUnderAnotherPepper() {
        Pepper other = Pepper.parse(List.of(MacKey.generate(random)));
        assertFalse(new KeyHasher(other).matches(key, new KeyHasher(pepper).hash(key)));
    }

    @Test
    void refusesADamagedPepper() {
        for (List<String> lines : List.<List<String>>of(List.of(), List.of("c2hvcnQ"), List.of("-"), List.of(MacKey.generate(random), "-"),
                List.of("+" + MacKey.generate(random)), List.of(MacKey.generate(random), "+-"), List.of("+" + MacKey.generate(random), MacKey.generate(random)))) {
            assertThrows(IllegalArgumentException.class, () -> Pepper.parse(lines), lines.toString());
        }
    }
}
