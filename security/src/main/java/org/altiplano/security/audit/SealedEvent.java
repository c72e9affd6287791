package org.altiplano.security.audit;

/**
 * An event as it is kept. Each is a checkpoint: its signature vouches for it and, through the chain, for all before it.
 *
 * @param event what was done
 * @param hash of the event
 * @param key id of the key that signed
 * @param signature of chain, sequence and hash
 */
public record SealedEvent(AuditEvent event, String hash, String key, String signature) {
}
