package org.altiplano.platform.secrets.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.secrets.entity.SecretState;
import org.altiplano.platform.secrets.entity.SecretState.Standing;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.secrets.SaltKey;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;

/** Tells how the secrets that this gateway started with stand to what is in their files now and to what other gateways use. Owns nothing; any thread. */
@ApplicationScoped
public class SecretStates {

    @Inject
    private SecretStore store;
    @Inject
    private Pepper pepper;
    @Inject
    private AuditKey auditKey;
    @Inject
    private SaltKey saltKey;
    @Inject
    private SecretsInUse uses;

    /** What can be told of a secret. */
    private record Form(String fingerprint, int version, int known) {

        static Form of(Pepper pepper) {
            return new Form(pepper.fingerprint(), pepper.newest(), pepper.known());
        }

        static Form of(AuditKey key) {
            return new Form(key.fingerprint(), 0, key.known());
        }

        static Form of(SaltKey key) {
            return new Form(key.fingerprint(), 0, 1);
        }
    }

    /** Writes down that this gateway uses its secrets. To be called once, when the database is ready. */
    public void start() {
        for (Secret secret : Secret.values()) {
            uses.note(secret, used(secret).fingerprint());
        }
    }

    public List<SecretState> all() {
        return Arrays.stream(Secret.values()).map(this::state).toList();
    }

    /** Whether a version of the pepper is retired here: what rests on it is refused. */
    public boolean isRetired(int version) {
        return version <= pepper.known() && pepper.version(version).isEmpty();
    }

    private SecretState state(Secret secret) {
        Form used = used(secret);
        Map<String, Instant> since = uses.since(secret);
        return new SecretState(secret, used.fingerprint(), used.version(), used.known(), Optional.ofNullable(since.get(used.fingerprint())),
                store.isInEnvironment(secret), standing(secret, used, List.copyOf(since.keySet())));
    }

    private Standing standing(Secret secret, Form used, List<String> fingerprints) {
        try {
            if (!stored(secret).equals(used)) {
                return Standing.RESTART_NEEDED;
            }
        } catch (IOException unreadable) {
            return Standing.UNREADABLE;
        }
        boolean newest = fingerprints.isEmpty() || fingerprints.get(fingerprints.size() - 1).equals(used.fingerprint());
        return newest ? Standing.IN_FORCE : Standing.BEHIND;
    }

    private Form used(Secret secret) {
        return switch (secret) {
            case PEPPER -> Form.of(pepper);
            case AUDIT_KEY -> Form.of(auditKey);
            case SALT_KEY -> Form.of(saltKey);
        };
    }

    private Form stored(Secret secret) throws IOException {
        return switch (secret) {
            case PEPPER -> Form.of(store.read(secret, Pepper::parse));
            case AUDIT_KEY -> Form.of(store.read(secret, AuditKey::parse));
            case SALT_KEY -> Form.of(store.read(secret, SaltKey::parse));
        };
    }
}
