package org.altiplano.security.identity;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.crypto.spec.SecretKeySpec;
import org.altiplano.security.apikey.Pepper;
import org.apache.commons.codec.binary.Base32;

/**
 * The second factor of sign-ins: one-time passwords of six digits that change every 30 seconds (RFC 6238), and recovery codes for
 * whoever has lost the device that shows them. Safe for any thread.
 *
 * <p>A user's secret is kept nowhere: it is computed from the pepper, the user's name and a random seed, and only the seed, with the
 * pepper's version, is in the database. So who reads the database cannot make codes, and there is nothing to encrypt.
 */
public final class SecondFactor {

    /** As the common authenticators have it, and no other. */
    private static final String ALGORITHM = TimeBasedOneTimePasswordGenerator.TOTP_ALGORITHM_HMAC_SHA1;
    private static final String ISSUER = "Altiplano";
    private static final int SEED_BYTES = 16;
    private static final int SECRET_BYTES = 20;
    private static final int RECOVERY_CODES = 10;
    private static final int RECOVERY_BYTES = 10;

    private final TimeBasedOneTimePasswordGenerator generator = new TimeBasedOneTimePasswordGenerator();
    private final Pepper pepper;
    private final RandomGenerator random;

    /** @param random a cryptographically strong source */
    public SecondFactor(Pepper pepper, RandomGenerator random) {
        this.pepper = pepper;
        this.random = random;
    }

    /** What is to be kept of a new enrolment: {@code <pepper version>:<seed in hex>}. */
    public String enrol() {
        return pepper.newest() + ":" + HexFormat.of().formatHex(bytes(SEED_BYTES));
    }

    /** The secret in base 32, as authenticators take it; empty if its version of the pepper is retired. */
    public Optional<String> secret(String username, String enrolment) {
        return key(username, enrolment).map(bytes -> new Base32().encodeToString(bytes).replace("=", ""));
    }

    /** The secret as authenticators take it from a picture. */
    public static String address(String username, String secret) {
        String label = URLEncoder.encode(ISSUER + ":" + username, StandardCharsets.UTF_8).replace("+", "%20");
        return "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + ISSUER + "&algorithm=SHA1&digits=6&period=30";
    }

    /** Which of the steps of 30 seconds the code belongs to, if it is right now or was or will be a step from now. */
    public OptionalLong step(String username, String enrolment, String code, Instant now) {
        Optional<byte[]> key = key(username, enrolment);
        long seconds = generator.getTimeStep().toSeconds();
        long current = now.getEpochSecond() / seconds;
        return key.isEmpty() ? OptionalLong.empty() : LongStream.rangeClosed(current - 1, current + 1)
                .filter(step -> same(code(key.get(), Instant.ofEpochSecond(step * seconds)), code)).max();
    }

    /** New ones, each good once. */
    public List<String> recoveryCodes() {
        return IntStream.range(0, RECOVERY_CODES).mapToObj(i -> new Base32().encodeToString(bytes(RECOVERY_BYTES)).toLowerCase(Locale.ROOT)
                .replaceAll("(.{4})(?!$)", "$1-")).toList();
    }

    /** What is to be kept of a recovery code. */
    public String hash(String username, String recoveryCode) {
        return hash(username, recoveryCode, pepper.newest()).orElseThrow();
    }

    /** What may have been kept of a recovery code, whenever it was made. */
    public List<String> hashes(String username, String recoveryCode) {
        return IntStream.rangeClosed(1, pepper.known()).mapToObj(version -> hash(username, recoveryCode, version)).flatMap(Optional::stream).toList();
    }

    private Optional<String> hash(String username, String code, int version) {
        String plain = code.toLowerCase(Locale.ROOT).replaceAll("[^a-z2-7]", "");
        return pepper.version(version).map(key -> version + ":" + key.hmac("recovery\0" + username + "\0" + plain));
    }

    private Optional<byte[]> key(String username, String enrolment) {
        String[] parts = enrolment.split(":");
        return pepper.version(Integer.parseInt(parts[0])).map(key -> Arrays.copyOf(
                HexFormat.of().parseHex(key.hmac("second-factor\0" + username + "\0" + parts[1])), SECRET_BYTES));
    }

    private String code(byte[] key, Instant at) {
        try {
            return generator.generateOneTimePasswordString(new SecretKeySpec(key, ALGORITHM), at);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("every key is good for HMAC", e);
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
