package org.altiplano.security.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Owns the count of failed sign-ins per subject, which is a user's name at an address; any thread. After five failures in
 * a row a subject waits one second, then two, four and so on up to five minutes; a success forgets them.
 */
public final class LoginThrottle {

    private static final int MOST = 10_000;
    private static final int FREE_FAILURES = 5;
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private record Failures(int count, Instant until) {
    }

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LastTouched<>(MOST);

    public LoginThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /** How long the subject has still to wait before it may try; empty if it may now. */
    public synchronized Optional<Duration> pause(String subject) {
        Failures known = failures.get(subject);
        if (known == null) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), known.until());
        return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
    }

    public synchronized void failed(String subject) {
        Failures known = failures.get(subject);
        int count = known == null ? 1 : known.count() + 1;
        Duration pause = Duration.ZERO;
        if (count >= FREE_FAILURES) {
            long seconds = 1L << Math.min(count - FREE_FAILURES, 20);
            pause = seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
        }
        failures.put(subject, new Failures(count, clock.instant().plus(pause)));
    }

    public synchronized void succeeded(String subject) {
        failures.remove(subject);
    }
}
