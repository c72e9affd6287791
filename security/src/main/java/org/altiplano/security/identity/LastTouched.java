package org.altiplano.security.identity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Owns what is known of the subjects that were touched last, so many at most, whatever names are made up: the one longest untouched is
 * forgotten first. For one thread at a time.
 */
public final class LastTouched<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1;

    private final int most;

    public LastTouched(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
