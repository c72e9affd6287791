package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.altiplano.platform.setup.entity.Home;
import org.altiplano.security.apikey.KeyHasher;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.identity.AddressThrottle;
import org.altiplano.security.identity.LoginThrottle;
import org.altiplano.security.identity.PasswordHasher;
import org.altiplano.security.identity.SecondFactor;
import org.altiplano.security.secrets.SaltKey;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;

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
    SecretStore store(Home home) {
        return new SecretStore(home.secrets(), System.getenv());
    }

    @Produces
    @Singleton
    Pepper pepper(SecretStore store) {
        return read(store, Secret.PEPPER, Pepper::parse);
    }

    @Produces
    @Singleton
    AuditKey auditKey(SecretStore store) {
        return read(store, Secret.AUDIT_KEY, AuditKey::parse);
    }

    @Produces
    @Singleton
    SaltKey saltKey(SecretStore store) {
        return read(store, Secret.SALT_KEY, SaltKey::parse);
    }

    private static <T> T read(SecretStore store, Secret secret, Function<List<String>, T> parse) {
        try {
            return store.read(secret, parse);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Produces
    @Singleton
    KeyHasher keyHasher(Pepper pepper) {
        return new KeyHasher(pepper);
    }

    @Produces
    @Singleton
    SecondFactor secondFactor(Pepper pepper, SecureRandom random) {
        return new SecondFactor(pepper, random);
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

    @Produces
    @Singleton
    AddressThrottle addressThrottle(InstantSource clock) {
        return new AddressThrottle(clock);
    }
}
