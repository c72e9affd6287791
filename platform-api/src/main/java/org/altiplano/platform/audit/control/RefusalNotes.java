package org.altiplano.platform.audit.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.altiplano.security.identity.LastTouched;

/**
 * Owns which refusals of policies this gateway has written down lately; any thread. One an hour of each caller and reason is enough
 * to know of it, and whoever runs into a limit all the time does not fill the log.
 */
public final class RefusalNotes {

    static final Duration QUIET = Duration.ofHours(1);

    private static final int MOST = 10_000;

    private record Refusal(String tenant, String caller, String reason) {
    }

    private final Map<Refusal, Instant> noted = new LastTouched<>(MOST);

    /** Whether this one is to be written down, which is then taken for done. */
    public synchronized boolean isNew(String tenant, String caller, String reason, Instant now) {
        Refusal refusal = new Refusal(tenant, caller, reason);
        Instant last = noted.get(refusal);
        if (last != null && now.isBefore(last.plus(QUIET))) {
            return false;
        }
        noted.put(refusal, now);
        return true;
    }
}
