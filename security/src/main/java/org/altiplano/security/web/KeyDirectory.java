package org.altiplano.security.web;

import java.util.Optional;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;

/** Knows the keys that are not revoked. Whoever owns the keys implements it. */
public interface KeyDirectory {

    /** The key of this id, if it is not revoked. */
    Optional<Entry> find(String keyId);

    /** Told whenever a key has proven its caller. */
    void used(String keyId);

    /** Told whenever a key has proven its caller that an older pepper had hashed. @param hash under the newest, to be kept in the place of {@code old} */
    void rehashed(String keyId, String old, String hash);

    /**
     * What is kept of a key.
     *
     * @param hash made by {@link org.altiplano.security.apikey.KeyHasher}
     * @param caller whom the key stands for
     * @param limits when and from where it holds
     */
    record Entry(String hash, Caller caller, KeyLimits limits) {
    }
}
