package org.altiplano.security.identity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Owns what is known of the subjects that were touched last, so many at most, whatever names are made up: the one longest untouched is
 * forgotten first. For one thread at a time.
 */
final class LastTouched<V> extends LinkedHashMap<String, V> {

    static final int MOST = 10_000;

    private static final long serialVersionUID = 1;

    LastTouched() {
        super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST;
    }
}
