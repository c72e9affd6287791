package org.altiplano.security.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Owns how many sign-ins have failed lately from each address; any thread. Thirty may fail at once, after that one in two
 * seconds, so that whoever tries a few passwords with every name there is comes to nothing. {@link LoginThrottle} sees the
 * names one by one and does not notice. No address is shut out for longer: behind a proxy it is everybody's. All of an
 * {@link AddressNetwork} count as one.
 */
public final class AddressThrottle {

    static final int AT_ONCE = 30;
    static final Duration BETWEEN = Duration.ofSeconds(2);

    private static final int MOST = 10_000;

    private final InstantSource clock;
    /** When all failures of the address will have been forgotten: each adds {@link #BETWEEN}. */
    private final Map<String, Instant> forgotten = new LastTouched<>(MOST);

    public AddressThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /** How long the address has still to wait before it may try; empty if it may now. */
    public synchronized Optional<Duration> pause(String address) {
        Duration burst = BETWEEN.multipliedBy(AT_ONCE - 1);
        Duration left = Duration.between(clock.instant(), forgotten.getOrDefault(AddressNetwork.of(address), clock.instant())).minus(burst);
        return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
    }

    public synchronized void failed(String address) {
        Instant now = clock.instant();
        Instant last = forgotten.getOrDefault(AddressNetwork.of(address), now);
        forgotten.put(AddressNetwork.of(address), (last.isBefore(now) ? now : last).plus(BETWEEN));
    }
}
