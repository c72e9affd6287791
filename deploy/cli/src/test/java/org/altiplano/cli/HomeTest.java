package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.secrets.SaltKey;
import org.altiplano.security.secrets.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

    @TempDir
    private Path folder;

    @Test
    void secretsAreForTheOwnerOnly() throws Exception {
        Home home = new Home(folder.resolve("new/home"));
        home.create();
        Credentials.readOrCreate(home, new SecureRandom());
        assertEquals("rwx------", mode(home.secrets()));
        assertEquals("rwx------", mode(home.run()));
        assertEquals("rw-------", mode(home.secretStore().file(Secret.PEPPER)));
        assertEquals("rw-------", mode(home.credentials()));
    }

    @Test
    void credentialsAreMadeOnce() throws Exception {
        Home home = new Home(folder);
        home.create();
        Credentials first = Credentials.readOrCreate(home, new SecureRandom());
        assertTrue(ApiKey.parse(first.apiKey()).isPresent());
        home.secretStore().read(Secret.PEPPER, Pepper::parse);
        home.secretStore().read(Secret.SALT_KEY, SaltKey::parse);
        assertEquals(first, Credentials.readOrCreate(home, new SecureRandom()));
    }

    @Test
    void aLostPepperIsNotReplacedUnderTheKeysThatNeedIt() throws Exception {
        Home home = new Home(folder);
        home.create();
        Credentials.readOrCreate(home, new SecureRandom());
        Files.delete(home.secretStore().file(Secret.PEPPER));
        CommandFailure failure = assertThrows(CommandFailure.class, () -> Credentials.readOrCreate(home, new SecureRandom()));
        assertTrue(failure.getMessage().contains(home.secretStore().file(Secret.PEPPER) + " is missing"), failure.getMessage());
        assertFalse(Files.exists(home.secretStore().file(Secret.PEPPER)));
    }

    @Test
    void credentialsDoNotShowInText() {
        Home home = new Home(folder);
        home.create();
        Credentials credentials = Credentials.readOrCreate(home, new SecureRandom());
        assertFalse(credentials.toString().contains(credentials.apiKey()));
        assertFalse(credentials.toString().contains(credentials.adminPassword()));
    }

    @Test
    void damagedCredentialsAreNamed() throws Exception {
        Home home = new Home(folder);
        home.create();
        Files.writeString(home.credentials(), "{}");
        assertTrue(assertThrows(CommandFailure.class, () -> Credentials.read(home)).getMessage()
                .contains("credentials.json"));
    }

    @Test
    void anUnusableHomeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        CommandFailure failure = assertThrows(CommandFailure.class, () -> new Home(file.resolve("home")).create());
        assertTrue(failure.getMessage().contains("--home"), failure.getMessage());
    }

    @Test
    void aHomeIsNewUntilThePlatformHasBeenUp() {
        Home home = new Home(folder);
        home.create();
        assertTrue(home.isNew());
        home.markUsed();
        assertFalse(home.isNew());
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
