package org.altiplano.security.signin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.altiplano.security.identity.SessionToken;

/**
 * Seals what is kept of a session under the session's own token (AES-GCM), of which the database has a digest only: who
 * reads the database can use nothing of it. Owns nothing but its source of randomness; any thread.
 */
public final class SessionSeal {

    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random;

    public SessionSeal(SecureRandom random) {
        this.random = random;
    }

    public String seal(String text, SessionToken token) {
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, token, iv).doFinal(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(ByteBuffer.allocate(IV_BYTES + sealed.length).put(iv).put(sealed).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** Empty if it was sealed under another token or changed since. */
    public Optional<String> open(String sealed, SessionToken token) {
        byte[] bytes = Base64.getDecoder().decode(sealed);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, token, Arrays.copyOf(bytes, IV_BYTES));
            return Optional.of(new String(cipher.doFinal(bytes, IV_BYTES, bytes.length - IV_BYTES), StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SessionToken token, byte[] iv) throws GeneralSecurityException {
        // Keyed by the token: its plain digest is what the database has.
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(token.text().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(mac.doFinal("session seal".getBytes(StandardCharsets.US_ASCII)), "AES"),
                new GCMParameterSpec(TAG_BITS, iv));
        return cipher;
    }
}
