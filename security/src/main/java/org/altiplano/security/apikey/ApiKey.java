package org.altiplano.security.apikey;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A key as its holder knows it: {@code llmk_<environment>_<id>_<43 base62>_<crc32>}.
 *
 * <p>43 digits of base 62 are 256 bits. The check digits let a mistyped key be refused without a look into the
 * database, and let scanners find leaked keys with few false alarms.
 *
 * @param environment lower-case letters and digits, such as {@code local}
 * @param id 12 base-62 digits; not secret
 * @param secret 43 base-62 digits
 */
public record ApiKey(String environment, String id, String secret) {

    /** What every key begins with, and no access token. */
    public static final String PREFIX = "llmk_";

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_LENGTH = 43;
    private static final Pattern FORMAT =
            Pattern.compile("llmk_([a-z0-9]{1,16})_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9a-f]{8})");

    public ApiKey {
        if (!FORMAT.matcher(text(environment, id, secret)).matches()) {
            throw new IllegalArgumentException("not the parts of an API key");
        }
    }

    /** A new key. @param random a cryptographically strong source */
    public static ApiKey generate(String environment, RandomGenerator random) {
        return new ApiKey(environment, digits(random, ID_LENGTH), digits(random, SECRET_LENGTH));
    }

    /** The key that the text spells, if its form and its check digits are right. */
    public static Optional<ApiKey> parse(String text) {
        Matcher parts = FORMAT.matcher(text);
        if (!parts.matches() || !check(text.substring(0, text.lastIndexOf('_'))).equals(parts.group(4))) {
            return Optional.empty();
        }
        return Optional.of(new ApiKey(parts.group(1), parts.group(2), parts.group(3)));
    }

    /** The key as its holder sends it. */
    public String text() {
        return text(environment, id, secret);
    }

    /** The last four digits of the secret, by which a holder recognises the key in a list. */
    public String last4() {
        return secret.substring(SECRET_LENGTH - 4);
    }

    /** Without the secret, so that a key in a log line does no harm. */
    @Override
    public String toString() {
        return "ApiKey[" + environment + ", " + id + ", ..." + last4() + "]";
    }

    private static String text(String environment, String id, String secret) {
        String body = PREFIX + environment + "_" + id + "_" + secret;
        return body + "_" + check(body);
    }

    private static String check(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static String digits(RandomGenerator random, int length) {
        StringBuilder digits = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            digits.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return digits.toString();
    }
}
