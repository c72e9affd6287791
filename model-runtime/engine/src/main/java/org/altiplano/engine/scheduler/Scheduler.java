package org.altiplano.engine.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvRegion;

/**
 * Owns the sequences of one model and decides step by step which run, on the engine's thread. Iteration-level batching
 * (Orca, OSDI 2022): a sequence joins or leaves the batch between any two steps. Prompts are computed in chunks beside
 * the decoding sequences (Sarathi-Serve, arXiv 2403.02310), so that a long prompt does not stall running answers. Memory
 * is given for what a sequence holds, not for what it may become; when it runs out, the youngest sequence gives its own
 * up and is computed again later (vLLM, arXiv 2309.06180, section 4.5).
 *
 * <p>One round: {@link #schedule}, run the step, {@link #complete} or {@link #abandon} it, {@link #append} what was drawn,
 * {@link #release} what ended.
 */
public final class Scheduler {

    private final Limits limits;
    private final KvPool pool;
    private final FairQueue waiting = new FairQueue();
    /** Oldest first. */
    private final List<Sequence> running = new ArrayList<>();
    private final List<KvRegion> outgrown = new ArrayList<>();
    private long arrivals;
    private long preemptions;

    public Scheduler(Limits limits, KvPool pool) {
        this.limits = limits;
        this.pool = pool;
    }

    /** Queues a sequence. Its prompt and whole answer, less the last token, must fit {@link KvPool#largestRegion()}. */
    public void submit(Sequence sequence) {
        sequence.arrive(arrivals++);
        waiting.add(sequence);
    }

    /**
     * Chooses the next step: a token for each decoding sequence, the rest of the budget for prompts.
     *
     * @param prefillTokens most prompt tokens in the step
     * @return the step; empty only if nothing waits or runs, or if a sequence has just been preempted
     */
    public Step schedule(int prefillTokens) {
        List<KvMove> moves = new ArrayList<>();
        List<Step.Chunk> chunks = new ArrayList<>();
        long preemptedBefore = preemptions;
        decode(chunks, moves);
        int budget = Math.min(prefillTokens, limits.maxStepTokens() - chunks.size());
        boolean memoryShort = preemptions > preemptedBefore;
        prefill(chunks, budget, !memoryShort);
        return new Step(moves, chunks);
    }

    /** Notes that the step's tokens are in the KV pool. */
    public void complete(Step step) {
        freeOutgrown();
        step.chunks().forEach(chunk -> chunk.sequence().advance(chunk.count()));
    }

    /** Notes that the step came to nothing: its sequences can be released, or will be scheduled as they stand. */
    public void abandon() {
        freeOutgrown();
    }

    /** Adds the token drawn after a sequence's last one. */
    public void append(Sequence sequence, int token) {
        waiting.chargeAnswer(sequence);
        sequence.append(token);
    }

    /** Ends a sequence, wherever it stands, and frees its memory. */
    public void release(Sequence sequence) {
        switch (sequence.state()) {
            case WAITING -> waiting.withdraw(sequence);
            case RUNNING -> {
                running.remove(sequence);
                pool.free(sequence.region().orElseThrow());
                waiting.leave(sequence);
            }
            case ENDED -> throw new IllegalStateException("The sequence has ended already.");
        }
        sequence.end();
    }

    /** Whether nothing waits or runs. */
    public boolean idle() {
        return running.isEmpty() && waiting.size() == 0;
    }

    public int running() {
        return running.size();
    }

    public int waiting() {
        return waiting.size();
    }

    /** How often a sequence gave up its memory. */
    public long preemptions() {
        return preemptions;
    }

    /** Oldest first; memory is taken from the youngest, so no chunk chosen here is taken back by a later one. */
    private void decode(List<Step.Chunk> chunks, List<KvMove> moves) {
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.pending() == 1 && makeRoom(sequence, moves)) {
                chunks.add(new Step.Chunk(sequence, sequence.computed(), 1));
            }
        }
    }

    /** Sees to it that one more token fits; false if the sequence had to be preempted itself. */
    private boolean makeRoom(Sequence sequence, List<KvMove> moves) {
        KvRegion old = sequence.region().orElseThrow();
        if (sequence.length() <= old.capacity()) {
            return true;
        }
        Optional<KvRegion> larger = pool.allocate(sequence.length());
        while (larger.isEmpty()) {
            Sequence youngest = running.get(running.size() - 1);
            preempt(youngest);
            if (youngest == sequence) {
                return false;
            }
            larger = pool.allocate(sequence.length());
        }
        sequence.moveTo(larger.get());
        moves.add(new KvMove(old, larger.get(), sequence.computed()));
        // Not free before the step is over: a second move of this step must not overwrite what the first one reads.
        outgrown.add(old);
        return true;
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        pool.free(sequence.region().orElseThrow());
        sequence.preempt();
        waiting.putBack(sequence);
        preemptions++;
    }

    /**
     * Goes on with the prompts under way, then admits sequences while the budget lasts. While several share it, none takes
     * more than half at once: a short prompt need not wait for the whole of a long one.
     */
    private void prefill(List<Step.Chunk> chunks, int budget, boolean admitting) {
        List<Sequence> prompts = new ArrayList<>();
        running.stream().filter(sequence -> sequence.pending() > 1).forEach(prompts::add);
        int half = Math.max(1, budget / 2);
        int claimed = prompts.stream().mapToInt(sequence -> Math.min(half, sequence.pending())).sum();
        while (admitting && claimed < budget && running.size() < limits.maxRunning()) {
            Optional<Sequence> admitted = waiting.next().filter(this::admit);
            if (admitted.isEmpty()) {
                break;
            }
            prompts.add(admitted.get());
            claimed += Math.min(half, admitted.get().pending());
        }
        share(prompts, budget, half, chunks);
    }

    /** Gives the sequence memory for what it holds and its next token; false if there is none now. */
    private boolean admit(Sequence sequence) {
        Optional<KvRegion> region = pool.allocate(Math.min(sequence.length() + 1, pool.largestRegion()));
        region.ifPresent(memory -> {
            waiting.admit(sequence);
            sequence.admit(memory);
            int place = running.size();
            while (place > 0 && running.get(place - 1).arrival() > sequence.arrival()) {
                place--;
            }
            running.add(place, sequence);
        });
        return region.isPresent();
    }

    private void freeOutgrown() {
        outgrown.forEach(pool::free);
        outgrown.clear();
    }

    private static void share(List<Sequence> prompts, int budget, int half, List<Step.Chunk> chunks) {
        int[] counts = new int[prompts.size()];
        int left = budget;
        for (int most : new int[] {half, budget}) {
            for (int i = 0; i < counts.length; i++) {
                int more = Math.min(left, Math.min(most, prompts.get(i).pending()) - counts[i]);
                counts[i] += more;
                left -= more;
            }
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                chunks.add(new Step.Chunk(prompts.get(i), prompts.get(i).computed(), counts[i]));
            }
        }
    }
}
