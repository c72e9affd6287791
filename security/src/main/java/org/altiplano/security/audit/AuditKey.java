package org.altiplano.security.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Ed25519 keys that sign the audit log (RFC 8032). Each line of their text is one: the first, private and public half,
 * signs; the others check what was signed before it and need their public half only. The last may be a pair again: it is prepared, and
 * checks what other gateways sign with it already. Safe for any thread.
 */
public final class AuditKey {

    private static final String ALGORITHM = "Ed25519";
    private static final int ID_BYTES = 8;

    private final String id;
    private final PrivateKey signing;
    private final Map<String, PublicKey> checking;

    private AuditKey(String id, PrivateKey signing, Map<String, PublicKey> checking) {
        this.id = id;
        this.signing = signing;
        this.checking = Map.copyOf(checking);
    }

    /** A new first line. @param random a cryptographically strong source */
    public static String generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(255, random);
            KeyPair pair = generator.generateKeyPair();
            Base64.Encoder base64 = Base64.getEncoder();
            return base64.encodeToString(pair.getPrivate().getEncoded()) + " " + base64.encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of version 15 has Ed25519", e);
        }
    }

    /** @throws IllegalArgumentException if these are not lines of such a text */
    public static AuditKey parse(List<String> lines) {
        try {
            return checked(lines);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 key", e);
        }
    }

    private static AuditKey checked(List<String> lines) throws GeneralSecurityException {
        String[] first = lines.isEmpty() ? new String[0] : lines.get(0).strip().split(" ");
        if (first.length != 2) {
            throw new IllegalArgumentException("the first line has no two halves");
        }
        KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
        PrivateKey signing = factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(first[0])));
        Map<String, PublicKey> checking = new HashMap<>();
        for (String line : lines) {
            byte[] open = Base64.getDecoder().decode(publicHalf(line));
            checking.put(id(open), factory.generatePublic(new X509EncodedKeySpec(open)));
        }
        AuditKey key = new AuditKey(id(Base64.getDecoder().decode(first[1])), signing, checking);
        // Else nobody would notice until the log is checked.
        if (!key.signed(key.seal(new AuditEvent(AuditEvent.PLATFORM, 1, Instant.EPOCH, "", "", "", "", "", 0, AuditEvent.FIRST)))) {
            throw new IllegalArgumentException("the halves of the first line do not belong together");
        }
        return key;
    }

    /** The lines with a key that is known from now on, and signs from the next rotation on. */
    public static List<String> prepared(List<String> lines, SecureRandom random) {
        return hasPrepared(lines) ? lines : Stream.concat(lines.stream(), Stream.of(generate(random))).toList();
    }

    private static boolean hasPrepared(List<String> lines) {
        return lines.size() > 1 && lines.get(lines.size() - 1).strip().contains(" ");
    }

    /**
     * The lines after a new key, the prepared one if there is one, has come to be the first. Of the older ones only the public halves stay: nobody signs with them
     * any more, whoever gets hold of the text.
     *
     * @param lines of the text so far
     * @param random a cryptographically strong source
     */
    public static List<String> rotated(List<String> lines, SecureRandom random) {
        boolean prepared = hasPrepared(lines);
        String first = prepared ? lines.get(lines.size() - 1).strip() : generate(random);
        return Stream.concat(Stream.of(first), lines.stream().limit(lines.size() - (prepared ? 1 : 0)).map(AuditKey::publicHalf)).toList();
    }

    /** A word for the key that signs, that tells nothing of its private half. */
    public String fingerprint() {
        return id;
    }

    /** How many keys there are, those that only check with them. */
    public int known() {
        return checking.size();
    }

    private static String publicHalf(String line) {
        return line.strip().substring(line.strip().lastIndexOf(' ') + 1);
    }

    public SealedEvent seal(AuditEvent event) {
        String hash = event.hash();
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(signing);
            signature.update(signed(event, hash));
            return new SealedEvent(event, hash, id, Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an event cannot be signed", e);
        }
    }

    /** Whether one of these keys has signed the event's hash. */
    public boolean signed(SealedEvent sealed) {
        try {
            PublicKey key = checking.get(sealed.key());
            if (key == null) {
                return false;
            }
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(signed(sealed.event(), sealed.hash()));
            return signature.verify(Base64.getDecoder().decode(sealed.signature()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] signed(AuditEvent event, String hash) {
        return ("altiplano audit\n" + event.chain() + "\n" + event.sequence() + "\n" + hash).getBytes(StandardCharsets.UTF_8);
    }

    private static String id(byte[] key) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key), 0, ID_BYTES);
    }
}
