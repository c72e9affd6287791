package org.altiplano.engine.scheduler;

import java.util.Arrays;
import java.util.Optional;
import org.altiplano.contract.FairShare;
import org.altiplano.engine.kvcache.KvRegion;

/**
 * Owns the tokens of one generation, prompt and answer, and its place in the scheduler, on the engine's thread. Life:
 * created, WAITING once submitted, RUNNING while it holds KV memory, WAITING again (with all its tokens, but none computed)
 * if it is preempted, ENDED when released.
 */
public final class Sequence {

    /** Where a sequence stands. */
    public enum State { WAITING, RUNNING, ENDED }

    private final FairShare share;
    private final int promptLength;
    private int[] tokens;
    private int length;
    private int computed;
    private long arrival;
    private boolean charged;
    private State state = State.WAITING;
    private Optional<KvRegion> region = Optional.empty();

    /** @param prompt at least one token */
    public Sequence(int[] prompt, FairShare share) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("A sequence needs at least one token.");
        }
        this.share = share;
        this.promptLength = prompt.length;
        this.tokens = Arrays.copyOf(prompt, prompt.length + 16);
        this.length = prompt.length;
    }

    public State state() {
        return state;
    }

    /** Tokens of the prompt. */
    public int promptLength() {
        return promptLength;
    }

    /** Tokens generated so far. */
    public int generated() {
        return length - promptLength;
    }

    /** Tokens of prompt and answer so far. */
    public int length() {
        return length;
    }

    /** The token at a place. */
    public int token(int position) {
        return tokens[position];
    }

    /** A copy of the tokens from one place up to another. */
    public int[] tokens(int from, int to) {
        return Arrays.copyOfRange(tokens, from, to);
    }

    /** The KV memory; empty unless running. */
    public Optional<KvRegion> region() {
        return region;
    }

    /** Tokens whose KV entries are in the region. */
    public int computed() {
        return computed;
    }

    /** Tokens that must be computed before the next one can be drawn: 1 in decode, more in prefill. */
    int pending() {
        return length - computed;
    }

    FairShare share() {
        return share;
    }

    long arrival() {
        return arrival;
    }

    void arrive(long number) {
        arrival = number;
    }

    /** Whether this is the first time that it is asked: a prompt is charged once, recomputing it is not its owner's doing. */
    boolean chargeOnce() {
        boolean first = !charged;
        charged = true;
        return first;
    }

    void admit(KvRegion memory) {
        state = State.RUNNING;
        region = Optional.of(memory);
    }

    void moveTo(KvRegion memory) {
        region = Optional.of(memory);
    }

    void preempt() {
        state = State.WAITING;
        region = Optional.empty();
        computed = 0;
    }

    void end() {
        state = State.ENDED;
        region = Optional.empty();
    }

    void advance(int count) {
        computed += count;
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + length / 2 + 16);
        }
        tokens[length++] = token;
    }
}
