package org.altiplano.security.web;

import java.util.Optional;
import org.altiplano.security.identity.Caller;

/** Knows the keys that are neither revoked nor expired. Whoever owns the keys implements it. */
public interface KeyDirectory {

    /** The key of this id, if it is valid now. */
    Optional<Entry> find(String keyId);

    /**
     * What is kept of a key.
     *
     * @param hash made by {@link org.altiplano.security.apikey.KeyHasher}
     * @param caller whom the key stands for
     */
    record Entry(String hash, Caller caller) {
    }
}
