package org.altiplano.platform.secrets.entity;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.altiplano.security.secrets.Secret;

/**
 * How one of the installation's secrets stands at this gateway; nothing of the secret itself.
 *
 * @param fingerprint a word for the one that is used, the same at every gateway that uses it
 * @param version its number, where versions have one: the pepper's
 * @param known how many can be checked here, that one among them
 * @param since when the first gateway began to use it
 * @param inEnvironment whether it comes from the environment, and not from a file
 */
public record SecretState(Secret secret, String fingerprint, int version, int known, Optional<Instant> since, boolean inEnvironment,
                          Standing standing) {

    /** Whether anything is left to do. */
    public enum Standing {
        /** Nothing. */
        IN_FORCE,
        /** The file has another by now, which this gateway uses after a restart. */
        RESTART_NEEDED,
        /** Another gateway uses a newer one: the file must be copied here. */
        BEHIND,
        /** The next one cannot be read where it should be: this gateway would not start again. */
        UNREADABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
