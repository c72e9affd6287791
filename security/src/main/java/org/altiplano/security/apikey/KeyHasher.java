package org.altiplano.security.apikey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.security.secrets.MacKey;

/**
 * Turns keys into what the database keeps of them, {@code <pepper version>:<HMAC-SHA-256 in hex>}. A key has 256 random
 * bits, so a slow password hash would add nothing but time (NIST SP 800-63B, section 5.1.2.2, on look-up secrets).
 */
public final class KeyHasher {

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,3}):([0-9a-f]{64})");

    private final Pepper pepper;

    public KeyHasher(Pepper pepper) {
        this.pepper = pepper;
    }

    public String hash(ApiKey key) {
        return hash(key, pepper.newest(), pepper.version(pepper.newest()).orElseThrow());
    }

    /**
     * Whether the hash was made of this key; takes the same time wherever they differ. Nothing proves a key whose version of
     * the pepper is retired.
     *
     * @throws IllegalStateException if the hash was made with a newer pepper than is known here, so that nothing can be said
     */
    public boolean matches(ApiKey key, String hash) {
        Matcher form = FORM.matcher(hash);
        if (!form.matches()) {
            return false;
        }
        int version = Integer.parseInt(form.group(1));
        if (version > pepper.known()) {
            throw new IllegalStateException("an API key is hashed with version " + version + " of the pepper, but only " + pepper.known()
                    + " are known here: this gateway needs the newer pepper and a restart");
        }
        return pepper.version(version).filter(known -> MessageDigest.isEqual(hash(key, version, known).getBytes(StandardCharsets.US_ASCII),
                hash.getBytes(StandardCharsets.US_ASCII))).isPresent();
    }

    /** Whether no newer pepper is used here than made the hash, so that no other need be made. One that is prepared here may be in use elsewhere. */
    public boolean isNewest(String hash) {
        Matcher form = FORM.matcher(hash);
        return form.matches() && Integer.parseInt(form.group(1)) >= pepper.newest();
    }

    private static String hash(ApiKey key, int version, MacKey secret) {
        return version + ":" + secret.hmac(key.text());
    }
}
