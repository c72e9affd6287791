package org.altiplano.security.token;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the identity provider's public keys as they were last fetched; any thread, which fetches them itself if it must.
 *
 * <p>They are fetched anew when they are four minutes old, so that a key that was removed is refused within five, and
 * when a token names a key that is not among them, so that a new one works at once. Between two fetches lies a second,
 * whatever tokens come. While the provider does not answer, what is known is trusted for an hour: nobody who has signed
 * in is turned away, and no token lives that long.
 */
public final class SigningKeys implements JWKSource<SecurityContext> {

    static final Duration FRESH = Duration.ofMinutes(4);
    static final Duration TRUSTED = Duration.ofHours(1);
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final int LEAST_RSA_BITS = 2_048;

    /** Asks the identity provider. */
    @FunctionalInterface
    public interface Fetch {
        JWKSet fetch() throws IOException;
    }

    private record Fetched(JWKSet keys, Instant at) {
    }

    private final Fetch fetch;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile Optional<Fetched> latest = Optional.empty();
    /** When the last fetch ended, well or not; guarded by the lock. */
    private Instant lastTry = Instant.MIN;

    public SigningKeys(Fetch fetch, InstantSource clock) {
        this.fetch = fetch;
        this.clock = clock;
    }

    /** @throws KeySourceException if no keys are known that may still be trusted */
    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) throws KeySourceException {
        Optional<Fetched> known = latest.filter(keys -> clock.instant().isBefore(keys.at().plus(TRUSTED)));
        if (known.isEmpty()) {
            known = fetchedSince(known);
        } else if (!clock.instant().isBefore(known.get().at().plus(FRESH)) && fetching.tryLock()) {
            // The one thread that pays for it; all others go on with what is known.
            try {
                known = fetchedSince(known).or(() -> latest);
            } finally {
                fetching.unlock();
            }
        }
        if (known.isEmpty()) {
            throw new KeySourceException("The identity provider's keys are not known.");
        }
        List<JWK> found = select(selector, known);
        return found.isEmpty() ? select(selector, fetchedSince(known)) : found;
    }

    /** What came after the keys that are known; empty if nothing may or can be had. */
    private Optional<Fetched> fetchedSince(Optional<Fetched> known) {
        fetching.lock();
        try {
            if (!latest.equals(known) && latest.isPresent() && clock.instant().isBefore(latest.get().at().plus(FRESH))) {
                return latest;
            }
            if (clock.instant().isBefore(lastTry.plus(PAUSE))) {
                return Optional.empty();
            }
            return fetched();
        } finally {
            fetching.unlock();
        }
    }

    private Optional<Fetched> fetched() {
        // Before the fetch: a key may be removed while the answer is under way.
        Instant asked = clock.instant();
        try {
            latest = Optional.of(new Fetched(usable(fetch.fetch()), asked));
            return latest;
        } catch (IOException | RuntimeException e) {
            // Whatever the provider sends in place of keys, those that are known stay.
            LOG.warn("The identity provider's keys could not be fetched: {}", e.toString());
            return Optional.empty();
        } finally {
            lastTry = clock.instant();
        }
    }

    private static List<JWK> select(JWKSelector selector, Optional<Fetched> keys) {
        return keys.map(known -> selector.select(known.keys())).orElse(List.of());
    }

    /** Only what is made for checking signatures: not keys for encryption, for signing, or too weak to trust. */
    private static JWKSet usable(JWKSet keys) {
        return new JWKSet(keys.toPublicJWKSet().getKeys().stream()
                .filter(key -> key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                .filter(key -> key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY))
                .filter(key -> !(key instanceof RSAKey rsa) || isStrong(rsa)).toList());
    }

    /** With the exponent 1 every text is its own signature. */
    private static boolean isStrong(RSAKey key) {
        return key.size() >= LEAST_RSA_BITS && key.getPublicExponent().decodeToBigInteger().compareTo(BigInteger.TWO) > 0
                && !RocaKeys.contain(key.getModulus().decodeToBigInteger());
    }
}
