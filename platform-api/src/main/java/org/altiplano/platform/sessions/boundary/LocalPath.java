package org.altiplano.platform.sessions.boundary;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A page of the console, as an address without a host. It comes from whoever made a link to the sign-in, so that it must not
 * lead anywhere else.
 *
 * @param text begins with one slash
 */
record LocalPath(String text) {

    static final LocalPath HOME = new LocalPath("/");

    /** No second slash or backslash at the beginning, which browsers would read as a host; no escapes, which may hide one. */
    private static final Pattern SAFE = Pattern.compile("/(?!/)[A-Za-z0-9._~/?=&,:@-]{0,500}");

    /** The page that is asked for, or the first one. */
    static LocalPath of(String text) {
        return Optional.ofNullable(text).filter(asked -> SAFE.matcher(asked).matches()).map(LocalPath::new).orElse(HOME);
    }
}
