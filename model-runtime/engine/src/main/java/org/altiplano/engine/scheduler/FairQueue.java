package org.altiplano.engine.scheduler;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Owns the sequences of one priority that wait and the account of each share key, on the engine's thread. The order is the
 * virtual token counter's (Sheng et al., Fairness in Serving Large Language Models, arXiv 2401.00588, algorithm 2): each key
 * is charged the tokens it is served, divided by its weight, and the key that was served least goes next; within a key, first
 * come, first served. A key that comes back after a pause is lifted to the least of those that wait, so that idling earns
 * nothing.
 *
 * <p>Unlike the paper's, a prompt is charged as it is computed, chunk by chunk, and not when it is admitted: so a long one
 * falls behind others while it is under way, and what the prefix cache holds costs nothing.
 */
final class FairQueue {

    /** What a token of the prompt and a token of the answer cost (w_p and w_q of the paper). */
    private static final double PROMPT_TOKEN = 1;
    private static final double ANSWER_TOKEN = 2;

    /** Accounts above this number are swept of those that no longer matter. */
    private static final int MANY_ACCOUNTS = 256;

    private static final class Account {
        private final Deque<Sequence> waiting = new ArrayDeque<>();
        private double counter;
        private int alive;
    }

    private final Map<String, Account> accounts = new HashMap<>();
    private Account lastLeft = new Account();
    private int size;

    int size() {
        return size;
    }

    /** Takes a new sequence. */
    void add(Sequence sequence) {
        double floor = floor();
        sweep(floor);
        Account account = accounts.computeIfAbsent(sequence.share().key(), key -> new Account());
        if (account.waiting.isEmpty()) {
            account.counter = Math.max(account.counter, floor);
        }
        account.alive++;
        account.waiting.addLast(sequence);
        size++;
    }

    /** Takes a preempted sequence: it goes before those of its key that never ran. */
    void putBack(Sequence sequence) {
        account(sequence).waiting.addFirst(sequence);
        size++;
    }

    /** Whose turn it is. */
    Optional<Sequence> next() {
        return least().map(account -> account.waiting.getFirst());
    }

    /** What a sequence's key was served, by its weight. */
    double served(Sequence sequence) {
        return account(sequence).counter;
    }

    /** Takes a sequence out to run it. */
    void admit(Sequence sequence) {
        take(sequence);
        lastLeft = account(sequence);
    }

    void chargePrompt(Sequence sequence, int tokens) {
        account(sequence).counter += PROMPT_TOKEN * tokens / sequence.share().weight();
    }

    /** Charges one generated token. */
    void chargeAnswer(Sequence sequence) {
        account(sequence).counter += ANSWER_TOKEN / sequence.share().weight();
    }

    /** Takes a waiting sequence out for good. */
    void withdraw(Sequence sequence) {
        take(sequence);
        leave(sequence);
    }

    /** Forgets a sequence that ended; its account stays. */
    void leave(Sequence sequence) {
        account(sequence).alive--;
    }

    private void take(Sequence sequence) {
        if (!account(sequence).waiting.remove(sequence)) {
            throw new IllegalStateException("The sequence does not wait.");
        }
        size--;
    }

    private Account account(Sequence sequence) {
        return accounts.get(sequence.share().key());
    }

    private double floor() {
        return least().map(account -> account.counter).orElse(lastLeft.counter);
    }

    /** Equal counters are told apart by arrival, so that the order does not hang on the keys' hashes. */
    private Optional<Account> least() {
        return accounts.values().stream().filter(account -> !account.waiting.isEmpty())
                .min(Comparator.<Account>comparingDouble(account -> account.counter)
                        .thenComparingLong(account -> account.waiting.getFirst().arrival()));
    }

    /** An idle account at or under the floor would be lifted to it anyway: nothing is lost with it. */
    private void sweep(double floor) {
        if (accounts.size() > MANY_ACCOUNTS) {
            accounts.values().removeIf(account -> account.alive == 0 && account.counter <= floor);
        }
    }
}
