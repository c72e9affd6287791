package org.altiplano.security.apikey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Turns keys into what the database keeps of them, {@code <pepper version>:<HMAC-SHA-256 in hex>}. A key has 256 random
 * bits, so a slow password hash would add nothing but time (NIST SP 800-63B, section 5.1.2.2, on look-up secrets).
 */
public final class KeyHasher {

    private final Pepper pepper;

    public KeyHasher(Pepper pepper) {
        this.pepper = pepper;
    }

    public String hash(ApiKey key) {
        return hash(key, pepper.newest());
    }

    /** Whether the hash was made of this key; takes the same time wherever they differ. */
    public boolean matches(ApiKey key, String hash) {
        int colon = hash.indexOf(':');
        if (colon < 1 || colon > 4 || !hash.substring(0, colon).chars().allMatch(Character::isDigit)) {
            return false;
        }
        int version = Integer.parseInt(hash.substring(0, colon));
        return pepper.has(version) && MessageDigest.isEqual(hash(key, version).getBytes(StandardCharsets.US_ASCII),
                hash.getBytes(StandardCharsets.US_ASCII));
    }

    private String hash(ApiKey key, int version) {
        return version + ":" + pepper.hmac(version, key.text());
    }
}
