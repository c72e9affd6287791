package org.altiplano.contract;

import java.util.Objects;

/**
 * Separates prefix-cache entries: a request finds those of its own salt and the public ones. Opaque: the gateway derives it by
 * HMAC.
 */
public record CacheSalt(String value) {

    /** Entries that anyone may find. */
    public static final CacheSalt PUBLIC = new CacheSalt("");

    public CacheSalt {
        Objects.requireNonNull(value);
    }
}
