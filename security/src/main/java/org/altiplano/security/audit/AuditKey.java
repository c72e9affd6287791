package org.altiplano.security.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Ed25519 keys that sign the audit log (RFC 8032). A file holds one per line, private and public half; the first
 * signs, the others check what was signed before them. Safe for any thread.
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

    /** A new line for the file. @param random a cryptographically strong source */
    public static String generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(255, random);
            KeyPair pair = generator.generateKeyPair();
            Base64.Encoder base64 = Base64.getEncoder();
            return base64.encodeToString(pair.getPrivate().getEncoded()) + " " + base64.encodeToString(pair.getPublic().getEncoded()) + "\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of version 15 has Ed25519", e);
        }
    }

    /** @throws IOException if the file cannot be read or is not such a file */
    public static AuditKey read(Path file) throws IOException {
        try {
            return parse(Files.readAllLines(file, StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("The file " + file + " does not hold keys for the audit log.", e);
        }
    }

    static AuditKey parse(List<String> lines) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
        Map<String, PublicKey> checking = new LinkedHashMap<>();
        Optional<PrivateKey> signing = Optional.empty();
        for (String line : lines) {
            String[] halves = line.strip().split(" ");
            if (halves.length != 2) {
                throw new IllegalArgumentException("a line has no two halves");
            }
            PrivateKey own = factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(halves[0])));
            byte[] open = Base64.getDecoder().decode(halves[1]);
            checking.put(id(open), factory.generatePublic(new X509EncodedKeySpec(open)));
            signing = signing.or(() -> Optional.of(own));
        }
        return new AuditKey(checking.keySet().stream().findFirst().orElseThrow(() -> new IllegalArgumentException("no line")),
                signing.orElseThrow(), checking);
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
