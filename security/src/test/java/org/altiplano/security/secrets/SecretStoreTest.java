package org.altiplano.security.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.altiplano.security.apikey.Pepper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretStoreTest {

    @TempDir
    private Path folder;

    @Test
    void takesASecretFromItsFile() throws IOException {
        Files.writeString(folder.resolve("pepper"), "one\n\n  two \n");
        assertEquals(List.of("one", "two"), store(Map.of()).lines(Secret.PEPPER));
    }

    @Test
    void prefersTheEnvironment() throws IOException {
        Files.writeString(folder.resolve("pepper"), "one");
        assertEquals(List.of("two", "three"), store(Map.of("ALTIPLANO_PEPPER", "two,three")).lines(Secret.PEPPER));
        assertEquals(List.of("two", "three"), store(Map.of("ALTIPLANO_PEPPER", "two\nthree\n")).lines(Secret.PEPPER));
        assertEquals(List.of("one"), store(Map.of("ALTIPLANO_PEPPER", " ")).lines(Secret.PEPPER));
    }

    @Test
    void namesWhatIsMissingEmptyOrDamagedAndTellsNothingOfIt() throws IOException {
        assertTrue(refusal(Map.of()).contains("file " + folder.resolve("pepper") + " is missing"));
        Files.writeString(folder.resolve("pepper"), "\n");
        assertTrue(refusal(Map.of()).contains("is empty"));
        String damaged = refusal(Map.of("ALTIPLANO_PEPPER", "half-a-secret"));
        assertTrue(damaged.contains("variable ALTIPLANO_PEPPER is damaged"), damaged);
        assertFalse(damaged.contains("half"), damaged);
    }

    @Test
    void anotherSaltKeyMakesAnotherWordForEveryTenant() {
        SaltKey one = SaltKey.parse(List.of(MacKey.generate(new Random(1))));
        SaltKey other = SaltKey.parse(List.of(MacKey.generate(new Random(2))));
        assertEquals(one.derive("cache-salt", "acme"), one.derive("cache-salt", "acme"));
        assertNotEquals(one.derive("cache-salt", "acme"), other.derive("cache-salt", "acme"));
        assertNotEquals(one.derive("cache-salt", "acme"), one.derive("cache-salt", "globex"));
        assertNotEquals(one.derive("cache-salt", "acme"), one.derive("fair-share", "acme"));
        assertThrows(IllegalArgumentException.class, () -> SaltKey.parse(List.of("c2hvcnQ")));
    }

    private String refusal(Map<String, String> environment) {
        return assertThrows(IOException.class, () -> store(environment).read(Secret.PEPPER, Pepper::parse)).getMessage();
    }

    private SecretStore store(Map<String, String> environment) {
        return new SecretStore(folder, environment);
    }
}
