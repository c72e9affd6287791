package org.altiplano.security.audit;

import java.util.Optional;

/**
 * Owns how far a chain has been checked; one thread. Finds the first event that was edited, left out, put in or moved.
 * That events are missing at the end is found by comparing with what an earlier check has seen.
 */
public final class ChainCheck {

    private final String chain;
    private final AuditKey key;
    private final Optional<Seen> before;
    private long sequence;
    private String hash;

    /** An event that was in order, and with it all before it. */
    public record Seen(long sequence, String hash) {

        /** What a chain begins with. */
        public static final Seen NOTHING = new Seen(0, AuditEvent.FIRST);
    }

    /** @param before what an earlier check has seen of this chain */
    public ChainCheck(String chain, AuditKey key, Optional<Seen> before) {
        this(chain, key, Seen.NOTHING, before);
    }

    /** @param from where an earlier check left off. @param before what else was seen of this chain */
    public ChainCheck(String chain, AuditKey key, Seen from, Optional<Seen> before) {
        this.chain = chain;
        this.key = key;
        this.sequence = from.sequence();
        this.hash = from.hash();
        this.before = before;
    }

    /** Takes the next event. @return what is wrong with it, as a sentence; after that the check is over */
    public Optional<String> next(SealedEvent sealed) {
        AuditEvent event = sealed.event();
        if (!event.chain().equals(chain)) {
            return Optional.of("An event of the chain " + event.chain() + " stands after event " + sequence + ".");
        }
        if (event.sequence() != sequence + 1) {
            return Optional.of("After event " + sequence + " comes event " + event.sequence() + ": events were removed, put in or moved.");
        }
        if (!event.previous().equals(hash)) {
            return Optional.of("Event " + event.sequence() + " does not follow the event before it: one of them was put in or edited.");
        }
        if (!event.hash().equals(sealed.hash())) {
            return Optional.of("Event " + event.sequence() + " was edited.");
        }
        if (!key.signed(sealed)) {
            return Optional.of("Event " + event.sequence() + " is not signed by this platform.");
        }
        sequence = event.sequence();
        hash = sealed.hash();
        if (before.filter(seen -> seen.sequence() == sequence && !seen.hash().equals(hash)).isPresent()) {
            return Optional.of("Event " + sequence + " is not the one that an earlier check has seen.");
        }
        return Optional.empty();
    }

    /** To be asked after the last event. @return what is wrong, as a sentence */
    public Optional<String> end() {
        return before.filter(seen -> seen.sequence() > sequence).map(seen -> "The chain ends at event " + sequence
                + ", but an earlier check has seen event " + seen.sequence() + ": events were removed at the end.");
    }

    /** The last event that is in order. */
    public Seen seen() {
        return new Seen(sequence, hash);
    }
}
