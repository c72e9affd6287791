package org.altiplano.platform.audit.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.audit.ChainCheck.Seen;
import org.altiplano.security.audit.SealedEvent;

/**
 * Checks the chains of the audit log stretch by stretch, so that no answer takes as long as a chain is long. Owns nothing: whoever
 * asks brings the last event that was in order, so any gateway can go on; any thread.
 */
@ApplicationScoped
public class ChainChecks {

    /** Takes about a second. */
    static final int STRETCH = 2_000;

    private static final int AT_ONCE = 500;

    private final AuditLog log;
    private final AuditKey key;

    /**
     * How far a check has come.
     *
     * @param seen the last event in order
     * @param of the number of the chain's last event
     * @param fault what is wrong with the one after those in order, as a sentence
     * @param over whether there is nothing left to check
     */
    public record Stretch(Seen seen, long of, Optional<String> fault, boolean over) {
    }

    /** For the container's proxy only. */
    protected ChainChecks() {
        this(null, null);
    }

    @Inject
    public ChainChecks(AuditLog log, AuditKey key) {
        this.log = log;
        this.key = key;
    }

    /** Checks the next stretch, up to the end that the next event would be chained to. */
    public Stretch check(String chain, Seen from) {
        // What this check itself has seen may be gone by now, also the end that was kept beside it.
        Optional<Seen> end = log.end(chain);
        Optional<String> fault = new ChainCheck(chain, key, end.orElse(Seen.NOTHING), Optional.of(from)).end();
        ChainCheck check = new ChainCheck(chain, key, from, end);
        List<SealedEvent> events = fault.isPresent() ? List.of() : log.events(chain, from.sequence(), AT_ONCE);
        while (fault.isEmpty() && !events.isEmpty() && check.seen().sequence() < from.sequence() + STRETCH) {
            for (int i = 0; i < events.size() && fault.isEmpty(); i++) {
                fault = check.next(events.get(i));
            }
            events = fault.isPresent() ? List.of() : log.events(chain, check.seen().sequence(), AT_ONCE);
        }
        boolean over = events.isEmpty();
        return new Stretch(check.seen(), Math.max(check.seen().sequence(), end.map(Seen::sequence).orElse(0L)),
                over ? fault.or(check::end) : fault, over);
    }
}
