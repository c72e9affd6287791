package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.altiplano.platform.setup.entity.Home;
import org.altiplano.security.apikey.KeyHasher;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.identity.LoginThrottle;
import org.altiplano.security.identity.PasswordHasher;

/** Makes what depends on this installation: its home, its secrets, its clock and its source of randomness. */
@ApplicationScoped
public class Secrets {

    @Produces
    @Singleton
    Home home() {
        return Home.of(System.getenv());
    }

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    SecureRandom random() {
        return new SecureRandom();
    }

    @Produces
    @Singleton
    Pepper pepper(Home home) {
        if (!Files.exists(home.pepper())) {
            throw new IllegalStateException("The file " + home.pepper() + " is missing. 'altiplano up' makes it at the first start; "
                    + "without the one that this installation began with, its API keys cannot be checked.");
        }
        try {
            return Pepper.read(home.pepper());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Produces
    @Singleton
    AuditKey auditKey(Home home) {
        if (!Files.exists(home.auditKey())) {
            throw new IllegalStateException("The file " + home.auditKey() + " is missing, which signs the audit log. 'altiplano up' makes it; "
                    + "without the one that this installation began with, its earlier events cannot be checked.");
        }
        try {
            return AuditKey.read(home.auditKey());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Produces
    @Singleton
    KeyHasher keyHasher(Pepper pepper) {
        return new KeyHasher(pepper);
    }

    @Produces
    @Singleton
    PasswordHasher passwordHasher(SecureRandom random) {
        return new PasswordHasher(random);
    }

    @Produces
    @Singleton
    LoginThrottle loginThrottle(InstantSource clock) {
        return new LoginThrottle(clock);
    }
}
