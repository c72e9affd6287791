package org.altiplano.engine.scheduler;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.engine.kvcache.BlockTable;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.KvPool;

/**
 * Owns the tokens of one generation, prompt and answer, and its place in the scheduler, on the engine's thread. Life:
 * created, WAITING once submitted, RUNNING while it holds KV memory, WAITING again (with all its tokens, but none computed)
 * if it is preempted, ENDED when released.
 */
public final class Sequence {

    /** Where a sequence stands. */
    public enum State { WAITING, RUNNING, ENDED }

    /** Interactive before batch, then as they came. */
    static final Comparator<Sequence> ORDER =
            Comparator.<Sequence>comparingInt(sequence -> sequence.share.priority().ordinal()).thenComparingLong(Sequence::arrival);

    private final FairShare share;
    private final CacheSalt salt;
    private final boolean readsCache;
    private final int promptLength;
    private int[] tokens;
    private int length;
    private int computed;
    private int reached;
    private int cached;
    private long arrival;
    private boolean admitted;
    private State state = State.WAITING;
    private Optional<BlockTable> table = Optional.empty();

    /**
     * @param prompt at least one token
     * @param salt whose cached prefixes it may start from, and who may start from its own
     * @param readsCache false to have the whole prompt computed, as its scores require
     */
    public Sequence(int[] prompt, FairShare share, CacheSalt salt, boolean readsCache) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("A sequence needs at least one token.");
        }
        this.share = share;
        this.salt = salt;
        this.readsCache = readsCache;
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

    /** Tokens of the prompt that were found in the prefix cache; nobody was charged for these. */
    public int cached() {
        return cached;
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
    public Optional<BlockTable> table() {
        return table;
    }

    /** Tokens whose KV entries are in its blocks. */
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

    boolean readsCache() {
        return readsCache;
    }

    KvMemory.Demand demand() {
        return new KvMemory.Demand(salt, index -> tokens(index * KvPool.BLOCK, (index + 1) * KvPool.BLOCK), length, readsCache);
    }

    long arrival() {
        return arrival;
    }

    void arrive(long number) {
        arrival = number;
    }

    /** Takes memory, which may hold its first tokens already; true the first time. */
    boolean admit(BlockTable memory) {
        boolean first = !admitted;
        admitted = true;
        state = State.RUNNING;
        table = Optional.of(memory);
        return first;
    }

    void preempt() {
        state = State.WAITING;
        table = Optional.empty();
        computed = 0;
    }

    void end() {
        state = State.ENDED;
        table = Optional.empty();
    }

    /** Notes that the cache holds its tokens up to a place; returns how many of its prompt nobody had to compute for it. */
    int skipTo(int position) {
        computed = position;
        int fresh = reach();
        cached += fresh;
        return fresh;
    }

    /** Notes that tokens were computed; returns how many of its prompt were so for the first time: it owes these. */
    int advance(int count) {
        computed += count;
        return reach();
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + length / 2 + 16);
        }
        tokens[length++] = token;
    }

    /** Recomputing what a preemption lost is not its owner's doing: only the first time counts. */
    private int reach() {
        int fresh = Math.max(0, Math.min(computed, promptLength) - reached);
        reached += fresh;
        return fresh;
    }
}
