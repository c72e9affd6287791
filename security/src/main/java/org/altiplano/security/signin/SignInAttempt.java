package org.altiplano.security.signin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One sign-in from the redirect to the realm until the return from it. All that binds the two together follows from one
 * secret in a cookie of the browser that began it, so that nothing need be kept here and any gateway can end it: the state
 * (RFC 6749, 10.12), the nonce of the ID token and the verifier of PKCE (RFC 7636).
 *
 * @param secret 256 random bits in base64url
 */
public record SignInAttempt(String secret) {

    private static final int BYTES = 32;

    public SignInAttempt {
        if (!isSecret(secret)) {
            throw new IllegalArgumentException("no secret of a sign-in");
        }
    }

    /** A new one. @param random a cryptographically strong source */
    public static SignInAttempt begin(RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new SignInAttempt(base64(secret));
    }

    /** The one that a cookie tells of, whatever a client sent. */
    public static Optional<SignInAttempt> of(String secret) {
        return isSecret(secret) ? Optional.of(new SignInAttempt(secret)) : Optional.empty();
    }

    /** Comes back from the realm with its answer. */
    public String state() {
        return derived("state");
    }

    /** Whether an answer of the realm is one to this attempt. */
    public boolean awaits(String state) {
        return MessageDigest.isEqual(state().getBytes(StandardCharsets.US_ASCII), state.getBytes(StandardCharsets.UTF_8));
    }

    String nonce() {
        return derived("nonce");
    }

    String verifier() {
        return derived("verifier");
    }

    private String derived(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(secret), "HmacSHA256"));
            return base64(mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static boolean isSecret(String text) {
        return text.matches("[A-Za-z0-9_-]{43}");
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "SignInAttempt[...]";
    }
}
