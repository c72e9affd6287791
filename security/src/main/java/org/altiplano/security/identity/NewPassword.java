package org.altiplano.security.identity;

import java.util.Locale;
import java.util.Optional;

/**
 * A password that is long enough and not the user's name: what NIST SP 800-63B (section 5.1.1.2) asks of passwords beyond
 * lists of stolen ones. Rules of which characters a password must have make it no better, so there are none.
 *
 * @param text 12 to 1,000 characters
 */
public record NewPassword(String text) {

    public static final int SHORTEST = 12;
    public static final int LONGEST = 1_000;

    public NewPassword {
        if (text.length() < SHORTEST || text.length() > LONGEST) {
            throw new IllegalArgumentException("not of the right length");
        }
    }

    /** The password, if it will do for this user. */
    public static Optional<NewPassword> of(String text, String username) {
        boolean fits = text.length() >= SHORTEST && text.length() <= LONGEST
                && !text.toLowerCase(Locale.ROOT).equals(username.toLowerCase(Locale.ROOT)) && text.chars().distinct().count() >= 4;
        return fits ? Optional.of(new NewPassword(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return "NewPassword[...]";
    }
}
