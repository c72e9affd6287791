package org.altiplano.security.secrets;

import java.util.List;

/**
 * Turns tenants into words that mean nothing to whoever has not this key: what tells their cached prefixes apart at a worker.
 * Nothing that is kept depends on it: under another key the caches begin empty, and that is all. Safe for any thread.
 */
public final class SaltKey {

    private final MacKey key;

    private SaltKey(MacKey key) {
        this.key = key;
    }

    /** @throws IllegalArgumentException if the text is not one line of 32 bytes in base64url */
    public static SaltKey parse(List<String> lines) {
        if (lines.size() != 1) {
            throw new IllegalArgumentException("more than one line");
        }
        return new SaltKey(MacKey.parse(lines.get(0)));
    }

    /** A word for this key, that tells nothing of it. */
    public String fingerprint() {
        return key.fingerprint();
    }

    /** A value that only this installation can compute. */
    public String derive(String purpose, String text) {
        return key.hmac(purpose + "\0" + text);
    }
}
