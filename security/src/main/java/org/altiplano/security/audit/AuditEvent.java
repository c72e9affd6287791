package org.altiplano.security.audit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;

/**
 * Something that was done, chained to what was done before it in the same tenant. Says who did what to which thing and
 * how it ended; never what anybody asked a model or was answered.
 *
 * @param chain id of the tenant, or {@link #PLATFORM}
 * @param sequence from 1, without gaps
 * @param at when, to the millisecond
 * @param actor who did it, empty if nobody was signed in
 * @param origin how the actor proved who it is
 * @param address from where
 * @param action the method and the address of the interface
 * @param subject what it was done to, where the action alone does not say
 * @param status how it ended, as HTTP has it
 * @param previous hash of the event before, {@link #FIRST} for the first
 */
public record AuditEvent(String chain, long sequence, Instant at, String actor, String origin, String address, String action,
                         String subject, int status, String previous) {

    /** The chain of what concerns no one tenant. No tenant can have this id. */
    public static final String PLATFORM = "@platform";

    /** What the first event of a chain has in place of the hash before it. */
    public static final String FIRST = "0".repeat(64);

    public AuditEvent {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** SHA-256 over all fields, each with its length, so that no text can pass from one into the next. */
    public String hash() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(sequence);
            out.writeLong(at.toEpochMilli());
            out.writeInt(status);
            for (String text : List.of(chain, actor, origin, address, action, subject, previous)) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(utf8.length);
                out.write(utf8);
            }
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
