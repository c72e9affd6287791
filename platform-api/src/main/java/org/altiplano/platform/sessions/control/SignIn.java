package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.entity.PlatformUser;
import org.altiplano.security.identity.AddressThrottle;
import org.altiplano.security.identity.LoginThrottle;

/** Decides whether somebody is who they say, and makes whoever guesses wait longer and longer; any thread. */
@ApplicationScoped
public class SignIn {

    @Inject
    private Sessions sessions;
    @Inject
    private SecondFactors factors;
    @Inject
    private LoginThrottle throttle;
    @Inject
    private AddressThrottle addresses;

    /**
     * The user, if the password is right and, where the user has a second factor, the code.
     *
     * @throws ProblemException 401 with the code {@code second_factor_required} if the password is right and a code is missing, 429 if
     *         too much was wrong before
     */
    public Optional<PlatformUser> prove(String username, String password, Optional<String> code, String address) {
        Optional<PlatformUser> user = check(username, password, address);
        if (user.isEmpty() || !factors.isOn(username)) {
            user.ifPresent(known -> throttle.succeeded(subject(username, address)));
            return user;
        }
        if (code.isEmpty()) {
            throw new ProblemException(new Problem(401, "invalid_request_error", "The code of the second factor is required.",
                    Optional.of("code"), Optional.of("second_factor_required"), Optional.empty()));
        }
        // From wherever: who tries codes knows the password already, and comes from as many addresses as it takes.
        String subject = "code of " + username;
        throttle.pause(subject).ifPresent(SignIn::refuse);
        if (!factors.accepts(username, code.get())) {
            throttle.failed(subject);
            throttle.failed(subject(username, address));
            addresses.failed(address);
            return Optional.empty();
        }
        throttle.succeeded(subject);
        throttle.succeeded(subject(username, address));
        return user;
    }

    /** Whether the password is that of a user who is signed in. @throws ProblemException 429 if too much was wrong before */
    public boolean knows(String username, String password, String address) {
        return check(username, password, address).isPresent();
    }

    private Optional<PlatformUser> check(String username, String password, String address) {
        String subject = subject(username, address);
        throttle.pause(subject).or(() -> addresses.pause(address)).ifPresent(SignIn::refuse);
        Optional<PlatformUser> user = sessions.authenticate(username, password);
        if (user.isEmpty()) {
            throttle.failed(subject);
            addresses.failed(address);
        }
        return user;
    }

    /** By address too: whoever guesses must not be able to keep the user itself out. */
    private static String subject(String username, String address) {
        return username + " from " + address;
    }

    private static void refuse(Duration pause) {
        throw new ProblemException(new Problem(429, "rate_limit_error",
                "Too many sign-ins have failed. Try again in " + (pause.toSeconds() + 1) + " s.", Optional.empty(),
                Optional.of("login_throttled"), Optional.of(pause.plusSeconds(1))));
    }
}
