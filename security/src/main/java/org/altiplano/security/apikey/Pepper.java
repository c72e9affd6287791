package org.altiplano.security.apikey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The installation's secrets for keyed hashes, kept outside the database. Versions count from 1; the newest makes new
 * hashes, older ones still check what they made.
 */
public final class Pepper {

    private static final int BYTES = 32;

    private final List<byte[]> versions;

    private Pepper(List<byte[]> versions) {
        this.versions = versions;
    }

    /** The text of a new pepper file: 32 random bytes in base64url. @param random a cryptographically strong source */
    public static String generate(RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /**
     * Reads a pepper file: one version a line, the oldest first.
     *
     * @throws IOException if the file cannot be read or a line is not 32 bytes in base64url
     */
    public static Pepper read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII).stream().map(String::strip)
                .filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw new IOException("The pepper file " + file + " is empty.");
        }
        try {
            return parse(lines);
        } catch (IllegalArgumentException e) {
            throw new IOException("The pepper file " + file + " is damaged: each line must be 32 bytes in base64url.", e);
        }
    }

    /** @param lines the versions, the oldest first, each 32 bytes in base64url; at least one */
    public static Pepper parse(List<String> lines) {
        List<byte[]> versions = new ArrayList<>();
        for (String line : lines) {
            byte[] secret = Base64.getUrlDecoder().decode(line);
            if (secret.length != BYTES) {
                throw new IllegalArgumentException("not " + BYTES + " bytes");
            }
            versions.add(secret);
        }
        return new Pepper(versions);
    }

    /** A value that only this installation can compute, such as a tenant's cache salt. Stable over new versions. */
    public String derive(String purpose, String text) {
        return hmac(1, purpose + "\0" + text);
    }

    int newest() {
        return versions.size();
    }

    boolean has(int version) {
        return version >= 1 && version <= versions.size();
    }

    String hmac(int version, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(versions.get(version - 1), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
