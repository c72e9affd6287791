package org.altiplano.contract;

import java.util.Objects;

/** Prefix-cache entries are shared only between requests of equal salt. Opaque: the gateway derives it by HMAC. */
public record CacheSalt(String value) {

    /** Entries that anyone may share. */
    public static final CacheSalt PUBLIC = new CacheSalt("");

    public CacheSalt {
        Objects.requireNonNull(value);
    }
}
