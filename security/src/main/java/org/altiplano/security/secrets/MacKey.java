package org.altiplano.security.secrets;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key for HMAC-SHA-256. Safe for any thread. */
public final class MacKey {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    private final SecretKeySpec key;

    private MacKey(byte[] secret) {
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    /** The text of a new key: 32 random bytes in base64url. @param random a cryptographically strong source */
    public static String generate(RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** @throws IllegalArgumentException if the text is not 32 bytes in base64url */
    public static MacKey parse(String text) {
        byte[] secret = Base64.getUrlDecoder().decode(text);
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("not " + BYTES + " bytes");
        }
        return new MacKey(secret);
    }

    /** A word for this key, that tells nothing of it. */
    public String fingerprint() {
        return hmac("fingerprint").substring(0, 16);
    }

    /** In hex. */
    public String hmac(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
